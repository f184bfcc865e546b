WITH series AS (
    SELECT Id, SERIES_UID, min(row) AS row, min(DATE) AS begin_at, any_value(PATIENT) AS PATIENT,
        any_value(ENCOUNTER) AS ENCOUNTER, any_value(PROCEDURE_CODE) AS PROCEDURE_CODE,
        bare({
            'uid': SERIES_UID,
            'modality': {'system': 'http://dicom.nema.org/resources/ontology/DCM',
                'code': any_value(MODALITY_CODE), 'display': any_value(MODALITY_DESCRIPTION)},
            'bodySite': {'system': 'http://snomed.info/sct',
                'code': any_value(BODYSITE_CODE), 'display': any_value(BODYSITE_DESCRIPTION)},
            'numberOfInstances': count(*),
            'started': moment(min(DATE)),
            'instance': list(bare({
                'uid': INSTANCE_UID,
                'sopClass': {'system': 'urn:ietf:rfc:3986', 'code': 'urn:oid:' || SOP_CODE,
                    'display': SOP_DESCRIPTION},
                'number': nth
            }) ORDER BY nth)
        }) AS part
    FROM (
        SELECT *, row_number() OVER () AS row,
            row_number() OVER (PARTITION BY Id, SERIES_UID ORDER BY INSTANCE_UID) AS nth
        FROM imaging_studies
    ) GROUP BY Id, SERIES_UID
)
SELECT min(row) AS row, {
    'resourceType': 'ImagingStudy',
    'id': Id,
    'identifier': [{'system': 'urn:hilab:imaging-study', 'value': Id}],
    'status': 'available',
    'subject': refer('Patient', any_value(PATIENT)),
    'encounter': refer('Encounter', any_value(ENCOUNTER)),
    'started': moment(min(begin_at)),
    'numberOfSeries': count(*),
    'procedureCode': CASE WHEN any_value(PROCEDURE_CODE) IS NOT NULL THEN [{'coding': [
        {'system': 'http://snomed.info/sct', 'code': any_value(PROCEDURE_CODE)}
    ]}] END,
    'series': list(part ORDER BY row)
} AS resource
FROM series GROUP BY Id
