SELECT medications.row, {
    'resourceType': 'MedicationRequest',
    'id': identity('MedicationRequest', medications.PATIENT, medications.START, medications.CODE,
        concat_ws('|', ENCOUNTER, nth)),
    'meta': core('medicationrequest'),
    'status': CASE WHEN medications.STOP IS NULL THEN 'active' ELSE 'completed' END,
    'intent': 'order',
    'medicationCodeableConcept': coded('RxNorm', medications.CODE, medications.DESCRIPTION),
    'subject': refer('Patient', medications.PATIENT),
    'encounter': refer('Encounter', ENCOUNTER),
    'authoredOn': moment(medications.START),
    'requester': refer('Practitioner', encounters.PROVIDER),
    'reasonCode': CASE WHEN medications.REASONCODE IS NOT NULL
        THEN [coded(NULL, medications.REASONCODE, medications.REASONDESCRIPTION)] END,
    'dispenseRequest': {
        'validityPeriod': period(medications.START, medications.STOP),
        'numberOfRepeatsAllowed': greatest(CAST(DISPENSES AS INTEGER) - 1, 0)
    }
} AS resource
FROM (
    SELECT *, row_number() OVER () AS row,
        row_number() OVER (PARTITION BY PATIENT, ENCOUNTER, START, CODE ORDER BY STOP) AS nth
    FROM medications
) AS medications LEFT JOIN encounters ON encounters.Id = medications.ENCOUNTER
