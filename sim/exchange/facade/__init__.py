"""The running exchange: what a district's hospitals hold, asked for over the network as FHIR R4.

Nothing here knows how the resources came about. A higher room hands over finished ones (`shelves.Store`), the
answers patients gave (`consent.Consents`) and the hospitals' rules (`policies.Policies`); `exchange.Exchange`
decides, answers and keeps the log; `app` speaks HTTP; `client` is what a student holds.
"""
