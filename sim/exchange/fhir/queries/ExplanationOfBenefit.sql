WITH numbered AS (SELECT *, row_number() OVER () AS row FROM claims_transactions),
parts AS (
    SELECT CLAIMID, min(row) AS row,
        list(bare({
            'sequence': nth,
            'productOrService': {'coding': [{'system': 'http://snomed.info/sct', 'code': coalesce(PROCEDURECODE, '0')}],
                'text': NOTES},
            'servicedPeriod': period(FROMDATE, coalesce(TODATE, FROMDATE)),
            'quantity': {'value': coalesce(TRY_CAST(UNITS AS DOUBLE), 1)},
            'net': {'value': coalesce(AMOUNT, 0), 'currency': 'USD'}
        }) ORDER BY row) FILTER (WHERE charge) AS items,
        list(to_json({
            'category': {'text': TYPE},
            'amount': {'value': coalesce(AMOUNT, PAYMENTS, ADJUSTMENTS, TRANSFERS, 0), 'currency': 'USD'}
        }) ORDER BY row) FILTER (WHERE NOT charge) AS settlements
    FROM (
        SELECT *, TYPE = 'CHARGE' AS charge,
            row_number() OVER (PARTITION BY CLAIMID, TYPE = 'CHARGE' ORDER BY row) AS nth
        FROM numbered
    ) GROUP BY CLAIMID
), insured AS (
    SELECT parts.*, claims.PATIENTID, claims.PROVIDERID, claims.SERVICEDATE, claims.HEALTHCARECLAIMTYPEID1,
        covered.START_DATE AS covered_from, covered.PAYER AS insurer
    FROM (parts JOIN claims ON claims.Id = parts.CLAIMID) ASOF LEFT JOIN payer_transitions AS covered
        ON covered.PATIENT = claims.PATIENTID AND covered.START_DATE <= claims.SERVICEDATE
)
SELECT row, {
    'resourceType': 'ExplanationOfBenefit',
    'id': md5(concat_ws('|', 'ExplanationOfBenefit', CLAIMID)),
    'status': 'active',
    'type': term('claim-type', CASE CAST(HEALTHCARECLAIMTYPEID1 AS INTEGER)
        WHEN 2 THEN 'institutional' ELSE 'professional' END),
    'use': 'claim',
    'patient': refer('Patient', PATIENTID),
    'created': moment(SERVICEDATE),
    'insurer': coalesce(to_json(refer('Organization', insurer)), to_json({'display': 'none'})),
    'provider': refer('Practitioner', PROVIDERID),
    'claim': refer('Claim', CLAIMID),
    'outcome': 'complete',
    'insurance': [{
        'focal': true,
        'coverage': CASE WHEN covered_from IS NULL THEN to_json({'display': 'none'})
            ELSE to_json(refer('Coverage', coverage_id(PATIENTID, covered_from))) END
    }],
    'item': items,
    'adjudication': settlements
} AS resource
FROM insured
