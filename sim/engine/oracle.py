def run_plainly(*a): raise NotImplementedError
