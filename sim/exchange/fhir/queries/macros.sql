-- Words that the queries share. A macro given nothing gives nothing, which is then left out.
-- Without what is null, at every depth of objects; lists are left as they are.
CREATE MACRO bare(thing) AS json_merge_patch('{}', to_json(thing));
CREATE MACRO filled(list) AS CASE WHEN len(list) > 0 THEN list END;

CREATE MACRO moment(t) AS strftime(t, '%Y-%m-%dT%H:%M:%SZ');
CREATE MACRO date_of(t) AS strftime(t, '%Y-%m-%d');

CREATE MACRO system_of(name) AS CASE
    WHEN name IS NULL THEN 'http://snomed.info/sct'
    WHEN name LIKE 'http%' OR name LIKE 'urn:%' THEN name
    ELSE coalesce(MAP {
        'SNOMED-CT': 'http://snomed.info/sct',
        'SNOMED': 'http://snomed.info/sct',
        'LOINC': 'http://loinc.org',
        'RxNorm': 'http://www.nlm.nih.gov/research/umls/rxnorm',
        'ICD-10-CM': 'http://hl7.org/fhir/sid/icd-10-cm',
        'CVX': 'http://hl7.org/fhir/sid/cvx'
    }[name], 'http://terminology.hl7.org/CodeSystem/data-absent-reason') END;

CREATE MACRO coded(name, code, display) AS CASE WHEN code IS NOT NULL THEN {
    'coding': [{'system': system_of(name), 'code': code, 'display': coalesce(display, code)}], 'text': display
} END;
CREATE MACRO term(address, word) AS {
    'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/' || address, 'code': word}]
};
CREATE MACRO refer(kind, target) AS CASE WHEN target IS NOT NULL THEN {'reference': kind || '/' || target} END;
CREATE MACRO core(profile) AS {
    'profile': ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-' || profile]
};
CREATE MACRO money(amount) AS CASE WHEN amount IS NOT NULL THEN {'value': amount, 'currency': 'USD'} END;
CREATE MACRO period(begin_at, end_at) AS {'start': moment(begin_at), 'end': moment(end_at)};

-- The same row of the same table has the same identity in every export.
CREATE MACRO identity(kind, who, begin_at, code, n) AS md5(concat_ws('|', kind, who, begin_at, code, n));
CREATE MACRO coverage_id(patient, begin_at) AS md5(concat_ws('|', 'Coverage', patient, begin_at));
