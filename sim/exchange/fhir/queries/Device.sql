SELECT row, {
    'resourceType': 'Device',
    'id': identity('Device', PATIENT, START, CODE, concat_ws('|', ENCOUNTER, nth)),
    'meta': core('implantable-device'),
    'udiCarrier': CASE WHEN UDI IS NOT NULL THEN [bare({
        'deviceIdentifier': nullif(regexp_extract(UDI, '\(01\)([0-9]+)', 1), ''), 'carrierHRF': UDI
    })] END,
    'status': CASE WHEN STOP IS NULL THEN 'active' ELSE 'inactive' END,
    'serialNumber': nullif(regexp_extract(UDI, '\(21\)([0-9A-Za-z]+)', 1), ''),
    'type': coded(NULL, CODE, DESCRIPTION),
    'patient': refer('Patient', PATIENT),
    'note': [{'text': 'In use from ' || date_of(START) || coalesce(' to ' || date_of(STOP), '') || '.'}]
} AS resource
FROM (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, START, CODE ORDER BY STOP) AS nth
    FROM devices
)
