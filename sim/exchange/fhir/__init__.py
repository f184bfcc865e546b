"""Records as FHIR R4 in US Core's shape, in the files of a FHIR Bulk Data export (NDJSON).

One query a resource type, in `queries/`: a query reads tables with Synthea's columns and yields
`row`, which orders the resources, and `resource`, which is the resource. Absent values are left out.

Every row of every table becomes one resource or, where FHIR keeps such things together, one part of
one: both pressures of a measurement are components of one Observation, the instances of a study are
parts of one ImagingStudy, the transactions of a claim are parts of one ExplanationOfBenefit. Two
things have no row of their own: a PractitionerRole says where a provider works, and
`patient_expenses`, which holds sums of claims, becomes nothing.
"""

from sim.exchange.fhir.bulk import TYPES, write_bulk

__all__ = ["TYPES", "write_bulk"]
