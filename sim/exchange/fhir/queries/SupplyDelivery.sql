SELECT row, {
    'resourceType': 'SupplyDelivery',
    'id': identity('SupplyDelivery', PATIENT, DATE, CODE, concat_ws('|', ENCOUNTER, nth)),
    'status': 'completed',
    'patient': refer('Patient', PATIENT),
    'type': term('supply-item-type', 'device'),
    'suppliedItem': {
        'quantity': {'value': QUANTITY},
        'itemCodeableConcept': coded(NULL, CODE, DESCRIPTION)
    },
    'occurrenceDateTime': moment(DATE)
} AS resource
FROM (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, DATE, CODE) AS nth
    FROM supplies
)
