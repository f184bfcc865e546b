SELECT row_number() OVER () AS row, {
    'resourceType': 'Practitioner',
    'id': Id,
    'meta': core('practitioner'),
    'identifier': [{'system': 'urn:hilab:practitioner', 'value': Id}],
    'active': true,
    'name': [{
        'family': regexp_extract(NAME, '(\S+)\s*$', 1),
        'given': list_filter([trim(regexp_replace(NAME, '\S+\s*$', ''))], lambda word: word <> '')
    }],
    'address': CASE WHEN ADDRESS IS NOT NULL THEN [bare({
        'line': [ADDRESS], 'city': CITY, 'state': STATE, 'postalCode': ZIP, 'country': 'US'})] END,
    'gender': CASE GENDER WHEN 'F' THEN 'female' WHEN 'M' THEN 'male' END
} AS resource
FROM providers
