SELECT row, {
    'resourceType': 'Immunization',
    'id': identity('Immunization', PATIENT, DATE, CODE, concat_ws('|', ENCOUNTER, nth)),
    'meta': core('immunization'),
    'status': 'completed',
    'vaccineCode': coded('CVX', CODE, DESCRIPTION),
    'patient': refer('Patient', PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'occurrenceDateTime': moment(DATE),
    'primarySource': true
} AS resource
FROM (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, DATE, CODE) AS nth
    FROM immunizations
)
