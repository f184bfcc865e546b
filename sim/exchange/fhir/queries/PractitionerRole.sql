SELECT row_number() OVER () AS row, {
    'resourceType': 'PractitionerRole',
    'id': md5(concat_ws('|', 'PractitionerRole', Id)),
    'meta': core('practitionerrole'),
    'active': true,
    'practitioner': refer('Practitioner', Id),
    'organization': refer('Organization', ORGANIZATION),
    'specialty': CASE WHEN SPECIALITY IS NOT NULL THEN [{'text': SPECIALITY}] END
} AS resource
FROM providers
