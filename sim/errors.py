"""The one error a user ever reads."""


class HilabError(Exception):
    """Bad input, said in one sentence: the file, the place and what was expected.

    Command-line programs print the sentence and end with exit code 2; nothing is half-written.
    """
