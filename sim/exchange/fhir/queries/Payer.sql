SELECT row_number() OVER () AS row, {
    'resourceType': 'Organization',
    'id': Id,
    'meta': core('organization'),
    'identifier': [{'system': 'urn:hilab:payer', 'value': Id}],
    'active': true,
    'type': [term('organization-type', 'pay')],
    'name': NAME,
    'telecom': CASE WHEN PHONE IS NOT NULL THEN [{'system': 'phone', 'value': PHONE}] END,
    'address': CASE WHEN CITY IS NOT NULL THEN [bare({
        'line': CASE WHEN ADDRESS IS NOT NULL THEN [ADDRESS] END,
        'city': CITY, 'state': STATE_HEADQUARTERED, 'postalCode': ZIP, 'country': 'US'})] END
} AS resource
FROM payers
