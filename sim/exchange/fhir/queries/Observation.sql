-- Both pressures of one measurement are components of one observation; all else is one for one.
WITH numbered AS (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, DATE, CODE) AS nth
    FROM observations
), profile(code, name) AS (VALUES
    ('8302-2', 'body-height'), ('29463-7', 'body-weight'), ('39156-5', 'bmi'), ('8867-4', 'heart-rate'),
    ('9279-1', 'respiratory-rate'), ('8310-5', 'body-temperature'), ('2708-6', 'pulse-oximetry'),
    ('9843-4', 'head-circumference'), ('72166-2', 'smokingstatus')
), pressure AS (
    SELECT min(row) AS row, PATIENT, ENCOUNTER, DATE, nth,
        list(bare({
            'code': coded('LOINC', CODE, DESCRIPTION),
            'valueQuantity': {'value': TRY_CAST(VALUE AS DOUBLE), 'unit': UNITS,
                'system': 'http://unitsofmeasure.org', 'code': UNITS}
        }) ORDER BY CODE DESC) AS parts,
        [CASE WHEN bool_or(CODE = '8480-6') THEN NULL ELSE ('8480-6', 'Systolic Blood Pressure') END,
            CASE WHEN bool_or(CODE = '8462-4') THEN NULL ELSE ('8462-4', 'Diastolic Blood Pressure') END
        ] AS absent
    FROM numbered WHERE CODE IN ('8480-6', '8462-4')
    GROUP BY PATIENT, ENCOUNTER, DATE, nth
)
SELECT row, to_json({
    'resourceType': 'Observation',
    'id': identity('Observation', PATIENT, DATE, numbered.CODE, concat_ws('|', ENCOUNTER, nth)),
    'meta': core(CASE
        WHEN profile.name IS NOT NULL THEN profile.name
        WHEN CATEGORY = 'laboratory' THEN 'observation-lab'
        WHEN CATEGORY = 'vital-signs' THEN 'vital-signs'
        WHEN CATEGORY = 'survey' THEN 'observation-screening-assessment'
        ELSE 'simple-observation' END),
    'status': 'final',
    'category': [term('observation-category', coalesce(CATEGORY, 'survey'))],
    'code': coded('LOINC', numbered.CODE, DESCRIPTION),
    'subject': refer('Patient', PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'effectiveDateTime': moment(DATE),
    'issued': moment(DATE),
    'valueQuantity': CASE WHEN TYPE = 'numeric' THEN {
        'value': TRY_CAST(VALUE AS DOUBLE), 'unit': UNITS,
        'system': CASE WHEN UNITS IS NOT NULL THEN 'http://unitsofmeasure.org' END, 'code': UNITS
    } END,
    'valueCodeableConcept': CASE WHEN TYPE <> 'numeric' THEN {'text': VALUE} END
}) AS resource
FROM numbered LEFT JOIN profile ON profile.code = numbered.CODE
WHERE numbered.CODE NOT IN ('8480-6', '8462-4')
UNION ALL
SELECT row, to_json({
    'resourceType': 'Observation',
    'id': identity('Observation', PATIENT, DATE, '85354-9', concat_ws('|', ENCOUNTER, nth)),
    'meta': core('blood-pressure'),
    'status': 'final',
    'category': [term('observation-category', 'vital-signs')],
    'code': coded('LOINC', '85354-9', 'Blood pressure panel with all children optional'),
    'subject': refer('Patient', PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'effectiveDateTime': moment(DATE),
    'issued': moment(DATE),
    'component': parts || list_transform(list_filter(absent, lambda each: each IS NOT NULL),
        lambda each: to_json({
            'code': coded('LOINC', each[1], each[2]), 'dataAbsentReason': term('data-absent-reason', 'unknown')
        }))
}) AS resource
FROM pressure
