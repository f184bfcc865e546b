WITH omb(race, code, display) AS (VALUES
    ('white', '2106-3', 'White'), ('black', '2054-5', 'Black or African American'),
    ('asian', '2028-9', 'Asian'), ('native', '1002-5', 'American Indian or Alaska Native'),
    ('hawaiian', '2076-8', 'Native Hawaiian or Other Pacific Islander')
), marriage(word, display) AS (VALUES
    ('M', 'Married'), ('S', 'Never Married'), ('D', 'Divorced'), ('W', 'Widowed')
)
SELECT row_number() OVER () AS row, {
    'resourceType': 'Patient',
    'id': Id,
    'meta': core('patient'),
    'extension': [
        to_json({
            'url': 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
            'extension': [
                to_json({'url': 'ombCategory', 'valueCoding': {
                    'system': CASE WHEN omb.code IS NULL
                        THEN 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor'
                        ELSE 'urn:oid:2.16.840.1.113883.6.238' END,
                    'code': coalesce(omb.code, 'UNK'), 'display': coalesce(omb.display, 'Unknown')}}),
                to_json({'url': 'text', 'valueString': coalesce(omb.display, 'Other')})]
        }),
        to_json({
            'url': 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity',
            'extension': [
                to_json({'url': 'ombCategory', 'valueCoding': {
                    'system': 'urn:oid:2.16.840.1.113883.6.238',
                    'code': CASE ETHNICITY WHEN 'hispanic' THEN '2135-2' ELSE '2186-5' END,
                    'display': CASE ETHNICITY WHEN 'hispanic' THEN 'Hispanic or Latino'
                        ELSE 'Not Hispanic or Latino' END}}),
                to_json({'url': 'text', 'valueString': ETHNICITY})]
        }),
        to_json({
            'url': 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex', 'valueCode': GENDER
        })
    ],
    'identifier': list_filter([
        {'type': term('v2-0203', 'MR'), 'system': 'urn:hilab:patient', 'value': Id},
        {'type': term('v2-0203', 'SS'), 'system': 'http://hl7.org/fhir/sid/us-ssn', 'value': SSN},
        {'type': term('v2-0203', 'DL'), 'system': 'urn:hilab:drivers', 'value': DRIVERS},
        {'type': term('v2-0203', 'PPN'), 'system': 'urn:hilab:passport', 'value': PASSPORT}
    ], lambda each: each.value IS NOT NULL),
    'name': list_filter([
        bare({
            'use': 'official', 'family': LAST,
            'given': filled(list_filter([FIRST, MIDDLE], lambda word: word IS NOT NULL)),
            'prefix': CASE WHEN PREFIX IS NOT NULL THEN [PREFIX] END,
            'suffix': CASE WHEN SUFFIX IS NOT NULL THEN [SUFFIX] END
        }),
        CASE WHEN MAIDEN IS NOT NULL THEN bare({
            'use': 'maiden', 'family': MAIDEN,
            'given': filled(list_filter([FIRST, MIDDLE], lambda word: word IS NOT NULL))
        }) END
    ], lambda each: each IS NOT NULL),
    'gender': CASE GENDER WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' ELSE 'unknown' END,
    'birthDate': date_of(BIRTHDATE),
    'deceasedDateTime': date_of(DEATHDATE),
    'address': [bare({
        'line': [ADDRESS], 'city': CITY, 'district': COUNTY, 'state': STATE, 'postalCode': ZIP, 'country': 'US'
    })],
    'maritalStatus': CASE WHEN marriage.word IS NOT NULL THEN {
        'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', 'code': marriage.word,
            'display': marriage.display}]
    } END
} AS resource
FROM patients LEFT JOIN omb ON omb.race = patients.RACE LEFT JOIN marriage ON marriage.word = patients.MARITAL
