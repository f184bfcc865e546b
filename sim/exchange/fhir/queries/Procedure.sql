SELECT row, {
    'resourceType': 'Procedure',
    'id': identity('Procedure', PATIENT, START, CODE, concat_ws('|', ENCOUNTER, nth)),
    'meta': core('procedure'),
    'status': 'completed',
    'code': coded(SYSTEM, CODE, DESCRIPTION),
    'subject': refer('Patient', PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'performedPeriod': period(START, STOP),
    'reasonCode': CASE WHEN REASONCODE IS NOT NULL THEN [coded(NULL, REASONCODE, REASONDESCRIPTION)] END
} AS resource
FROM (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, START, CODE ORDER BY STOP) AS nth
    FROM procedures
)
