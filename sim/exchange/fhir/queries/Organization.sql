SELECT row_number() OVER () AS row, {
    'resourceType': 'Organization',
    'id': Id,
    'meta': core('organization'),
    'identifier': [{'system': 'urn:hilab:organization', 'value': Id}],
    'active': true,
    'type': [term('organization-type', 'prov')],
    'name': NAME,
    'telecom': CASE WHEN PHONE IS NOT NULL THEN [{'system': 'phone', 'value': PHONE}] END,
    'address': [bare({
        'line': CASE WHEN ADDRESS IS NOT NULL THEN [ADDRESS] END,
        'city': CITY, 'state': STATE, 'postalCode': ZIP, 'country': 'US'})]
} AS resource
FROM organizations
