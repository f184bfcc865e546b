SELECT row_number() OVER () AS row, {
    'resourceType': 'Coverage',
    'id': coverage_id(PATIENT, START_DATE),
    'meta': core('coverage'),
    'status': CASE WHEN END_DATE IS NULL THEN 'active' ELSE 'cancelled' END,
    'subscriberId': MEMBERID,
    'beneficiary': refer('Patient', PATIENT),
    'relationship': term('subscriber-relationship', CASE lower(PLAN_OWNERSHIP)
        WHEN 'guardian' THEN 'child' WHEN 'spouse' THEN 'spouse' ELSE 'self' END),
    'period': period(START_DATE, END_DATE),
    'payor': [refer('Organization', PAYER)]
} AS resource
FROM payer_transitions
