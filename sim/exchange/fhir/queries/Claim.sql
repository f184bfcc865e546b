WITH bill AS (SELECT CLAIMID, sum(AMOUNT) AS total FROM claims_transactions WHERE TYPE = 'CHARGE' GROUP BY CLAIMID),
numbered AS (SELECT *, row_number() OVER () AS row FROM claims),
insured AS (
    SELECT numbered.*, covered.START_DATE AS covered_from
    FROM numbered ASOF LEFT JOIN payer_transitions AS covered
        ON covered.PATIENT = numbered.PATIENTID AND covered.START_DATE <= numbered.SERVICEDATE
)
SELECT insured.row, {
    'resourceType': 'Claim',
    'id': Id,
    'status': 'active',
    'type': term('claim-type', CASE CAST(HEALTHCARECLAIMTYPEID1 AS INTEGER)
        WHEN 2 THEN 'institutional' ELSE 'professional' END),
    'use': 'claim',
    'patient': refer('Patient', PATIENTID),
    'billablePeriod': {'start': moment(CURRENTILLNESSDATE), 'end': moment(SERVICEDATE)},
    'created': moment(SERVICEDATE),
    'provider': refer('Practitioner', PROVIDERID),
    'priority': term('processpriority', 'normal'),
    'diagnosis': CASE WHEN DIAGNOSIS1 IS NOT NULL THEN list_transform(
        list_filter([DIAGNOSIS1, DIAGNOSIS2, DIAGNOSIS3, DIAGNOSIS4, DIAGNOSIS5, DIAGNOSIS6, DIAGNOSIS7, DIAGNOSIS8],
            lambda code: code IS NOT NULL),
        lambda code, place: {'sequence': place, 'diagnosisCodeableConcept':
            {'coding': [{'system': 'http://snomed.info/sct', 'code': code}]}}) END,
    'insurance': [{
        'sequence': 1, 'focal': true,
        'coverage': CASE WHEN covered_from IS NULL THEN to_json({'display': 'none'})
            ELSE to_json(refer('Coverage', coverage_id(PATIENTID, covered_from))) END
    }],
    'total': money(bill.total)
} AS resource
FROM insured LEFT JOIN bill ON bill.CLAIMID = insured.Id
