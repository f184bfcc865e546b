WITH act(word, code, display) AS (VALUES
    ('emergency', 'EMER', 'emergency'), ('inpatient', 'IMP', 'inpatient encounter'),
    ('virtual', 'VR', 'virtual'), ('home', 'HH', 'home health'), ('snf', 'IMP', 'inpatient encounter'),
    ('hospice', 'IMP', 'inpatient encounter')
)
SELECT row_number() OVER () AS row, {
    'resourceType': 'Encounter',
    'id': Id,
    'meta': core('encounter'),
    'identifier': [{'system': 'urn:hilab:encounter', 'value': Id}],
    'status': CASE WHEN STOP IS NULL THEN 'in-progress' ELSE 'finished' END,
    'class': {
        'system': 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        'code': coalesce(act.code, 'AMB'), 'display': coalesce(act.display, 'ambulatory')
    },
    'type': [coded(NULL, encounters.CODE, DESCRIPTION)],
    'serviceType': {'text': ENCOUNTERCLASS},
    'subject': refer('Patient', PATIENT),
    'participant': CASE WHEN PROVIDER IS NOT NULL THEN [{
        'type': [term('v3-ParticipationType', 'PPRF')],
        'period': bare(period(START, STOP)),
        'individual': refer('Practitioner', PROVIDER)
    }] END,
    'period': period(START, STOP),
    'reasonCode': CASE WHEN REASONCODE IS NOT NULL THEN [coded(NULL, REASONCODE, REASONDESCRIPTION)] END,
    'serviceProvider': refer('Organization', ORGANIZATION)
} AS resource
FROM encounters LEFT JOIN act ON act.word = encounters.ENCOUNTERCLASS
