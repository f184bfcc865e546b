SELECT row, {
    'resourceType': 'AllergyIntolerance',
    'id': identity('AllergyIntolerance', PATIENT, START, CODE, concat_ws('|', ENCOUNTER, nth)),
    'meta': core('allergyintolerance'),
    'clinicalStatus': term('allergyintolerance-clinical',
        CASE WHEN STOP IS NULL THEN 'active' ELSE 'resolved' END),
    'verificationStatus': term('allergyintolerance-verification', 'confirmed'),
    'type': CASE WHEN TYPE IN ('allergy', 'intolerance') THEN TYPE END,
    'category': CASE WHEN CATEGORY IN ('food', 'medication', 'environment', 'biologic') THEN [CATEGORY] END,
    'code': coded(SYSTEM, CODE, DESCRIPTION),
    'patient': refer('Patient', PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'recordedDate': date_of(START),
    'reaction': CASE WHEN REACTION1 IS NOT NULL THEN list_filter([
        CASE WHEN REACTION1 IS NOT NULL THEN bare({
            'manifestation': [coded(NULL, REACTION1, DESCRIPTION1)], 'severity': lower(SEVERITY1)}) END,
        CASE WHEN REACTION2 IS NOT NULL THEN bare({
            'manifestation': [coded(NULL, REACTION2, DESCRIPTION2)], 'severity': lower(SEVERITY2)}) END
    ], lambda each: each IS NOT NULL) END
} AS resource
FROM (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, START, CODE ORDER BY STOP) AS nth
    FROM allergies
)
