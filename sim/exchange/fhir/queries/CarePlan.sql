SELECT row_number() OVER () AS row, {
    'resourceType': 'CarePlan',
    'id': Id,
    'meta': core('careplan'),
    'text': {
        'status': 'generated',
        'div': '<div xmlns="http://www.w3.org/1999/xhtml">'
            || replace(replace(DESCRIPTION, '&', '&amp;'), '<', '&lt;') || '</div>'
    },
    'status': CASE WHEN STOP IS NULL THEN 'active' ELSE 'completed' END,
    'intent': 'plan',
    'category': list_filter([
        {'coding': [{'system': 'http://hl7.org/fhir/us/core/CodeSystem/careplan-category',
            'code': 'assess-plan', 'display': 'Assessment and Plan of Treatment'}]},
        {'coding': [{'system': 'http://snomed.info/sct', 'code': CODE, 'display': coalesce(DESCRIPTION, CODE)}]}
    ], lambda each: each.coding[1].code IS NOT NULL),
    'subject': refer('Patient', PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'period': period(START, STOP),
    'activity': CASE WHEN REASONCODE IS NOT NULL THEN [{'detail': {
        'status': CASE WHEN STOP IS NULL THEN 'in-progress' ELSE 'completed' END,
        'reasonCode': [coded(NULL, REASONCODE, REASONDESCRIPTION)]
    }}] END
} AS resource
FROM careplans
