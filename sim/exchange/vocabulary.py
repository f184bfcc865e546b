"""Words that a client and an exchange have in common."""

WHERE = "HILAB_EXCHANGE"
"""Environment variable that says where the exchange is: "http://127.0.0.1:8000" or "unix:/path"."""

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""How a client says who it is."""

EXTENSION = "hilab"
"""Extension of an assertion that says basis, purpose and emergency."""

LIFETIME = 300
"""Seconds for which a token is good, and the longest that an assertion may be."""

AUDITOR = "privacy_office"
"""The recipient that sees the log, and nothing else."""

LOINC = "http://loinc.org"
"""The code system of tests."""

RUNNING: list[str] = []
"""Addresses of the exchanges that run in this process, the latest last."""
