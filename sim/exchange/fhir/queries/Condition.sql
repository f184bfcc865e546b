SELECT row, {
    'resourceType': 'Condition',
    'id': identity('Condition', PATIENT, START, CODE, concat_ws('|', ENCOUNTER, nth)),
    'meta': core('condition-encounter-diagnosis'),
    'clinicalStatus': term('condition-clinical', CASE WHEN STOP IS NULL THEN 'active' ELSE 'resolved' END),
    'verificationStatus': term('condition-ver-status', 'confirmed'),
    'category': [term('condition-category', 'encounter-diagnosis')],
    'code': coded(SYSTEM, CODE, DESCRIPTION),
    'subject': refer('Patient', PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'onsetDateTime': date_of(START),
    'abatementDateTime': date_of(STOP),
    'recordedDate': date_of(START)
} AS resource
FROM (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, START, CODE ORDER BY STOP) AS nth
    FROM conditions
)
