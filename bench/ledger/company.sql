-- The books of a company, before anything is booked: what Odoo made for the company %(model)s, once
-- more for %(company)s. Ids are moved by the greatest there is, so that what refers to each other still
-- does. Parameters: model, company (ids), accounts, partners (numbers), name.

CREATE TEMP TABLE moved ON COMMIT DROP AS SELECT
    (SELECT max(id) FROM account_account) AS account,
    (SELECT max(id) FROM account_journal) AS journal,
    (SELECT max(id) FROM account_tax) AS tax,
    (SELECT max(id) FROM account_tax_group) AS tax_group,
    (SELECT max(id) FROM account_tax_repartition_line) AS repartition,
    (SELECT coalesce(max(id), 0) FROM account_analytic_account) AS analytic,
    (SELECT max(id) FROM res_partner) AS partner;

-- Accounts: those of the model, then sub-accounts of them as far as the number goes.
CREATE TEMP TABLE new_account ON COMMIT DROP AS
SELECT moved.account + row_number() OVER (ORDER BY copy, rank, code) AS id, model.id AS model_id,
    copy, rank, code || CASE WHEN copy > 0 THEN to_char(copy, 'FM00') ELSE '' END AS code
FROM moved, generate_series(0, 99) AS copy, (
    SELECT a.id, a.code_store->>%(model)s::text AS code,
        -- One of each type before the second of any: a short chart has what entries need.
        row_number() OVER (PARTITION BY a.account_type ORDER BY a.code_store->>%(model)s::text)
            AS rank
    FROM account_account a JOIN account_account_res_company_rel r ON r.account_account_id = a.id
    WHERE r.res_company_id = %(model)s
) AS model
ORDER BY copy, rank, code LIMIT %(accounts)s;

INSERT INTO account_account (id, account_type, name, code_store, active, reconcile, create_date, write_date)
SELECT n.id, a.account_type,
    CASE WHEN n.copy > 0
        THEN jsonb_build_object('en_US', a.name->>'en_US' || ' (' || n.copy || ')') ELSE a.name END,
    jsonb_build_object(%(company)s::text, n.code), true, a.reconcile, now(), now()
FROM new_account n JOIN account_account a ON a.id = n.model_id;

INSERT INTO account_account_res_company_rel (account_account_id, res_company_id)
SELECT id, %(company)s FROM new_account;

SELECT setval('account_account_id_seq', max(id)) FROM account_account;

INSERT INTO account_journal (id, company_id, code, name, type, sequence, active,
    invoice_reference_type, invoice_reference_model, refund_sequence, payment_sequence,
    show_on_dashboard, create_date, write_date, default_account_id)
SELECT moved.journal + row_number() OVER (ORDER BY j.id), %(company)s, j.code, j.name, j.type,
    j.sequence, true, j.invoice_reference_type, j.invoice_reference_model, j.refund_sequence,
    j.payment_sequence, true, now(), now(), (
        SELECT n.id FROM new_account n WHERE n.model_id = j.default_account_id AND n.copy = 0
    )
FROM moved, account_journal j WHERE j.company_id = %(model)s ORDER BY j.id;

SELECT setval('account_journal_id_seq', max(id)) FROM account_journal;

INSERT INTO account_tax_group (id, company_id, country_id, name, sequence)
SELECT moved.tax_group + g.id, %(company)s, g.country_id, g.name, g.sequence
FROM moved, account_tax_group g WHERE g.company_id = %(model)s;

INSERT INTO account_tax (id, company_id, sequence, tax_group_id, country_id, type_tax_use,
    amount_type, amount, name, active, tax_exigibility, is_base_affected, create_date, write_date)
SELECT moved.tax + t.id, %(company)s, t.sequence, moved.tax_group + t.tax_group_id, t.country_id,
    t.type_tax_use, t.amount_type, t.amount, t.name, t.active, t.tax_exigibility,
    t.is_base_affected, now(), now()
FROM moved, account_tax t WHERE t.company_id = %(model)s AND t.active;

INSERT INTO account_tax_repartition_line (id, tax_id, company_id, account_id, sequence,
    repartition_type, document_type, factor_percent, use_in_tax_closing)
SELECT moved.repartition + l.id, moved.tax + l.tax_id, %(company)s, n.id, l.sequence,
    l.repartition_type, l.document_type, l.factor_percent, l.use_in_tax_closing
FROM moved, account_tax_repartition_line l JOIN account_tax t ON t.id = l.tax_id AND t.active
LEFT JOIN new_account n ON n.model_id = l.account_id AND n.copy = 0
WHERE l.company_id = %(model)s;

INSERT INTO account_account_tag_account_tax_repartition_line_rel
    (account_tax_repartition_line_id, account_account_tag_id)
SELECT moved.repartition + r.account_tax_repartition_line_id, r.account_account_tag_id
FROM moved, account_account_tag_account_tax_repartition_line_rel r
JOIN account_tax_repartition_line l ON l.id = r.account_tax_repartition_line_id
JOIN account_tax t ON t.id = l.tax_id AND t.active
WHERE l.company_id = %(model)s;

SELECT setval('account_tax_group_id_seq', max(id)) FROM account_tax_group;
SELECT setval('account_tax_id_seq', max(id)) FROM account_tax;
SELECT setval('account_tax_repartition_line_id_seq', max(id)) FROM account_tax_repartition_line;

INSERT INTO account_analytic_account (id, plan_id, root_plan_id, company_id, code, name, active,
    create_date, write_date)
SELECT moved.analytic + n, p.id, p.id, %(company)s, to_char(n, 'FM000'),
    jsonb_build_object('en_US', 'Project ' || n), true, now(), now()
FROM moved, generate_series(1, 40) AS n, (SELECT min(id) AS id FROM account_analytic_plan) AS p;

SELECT setval('account_analytic_account_id_seq', max(id)) FROM account_analytic_account;

INSERT INTO res_partner (id, name, complete_name, vat, country_id, is_company, active, type,
    autopost_bills, email, city, partner_share, customer_rank, supplier_rank, create_date, write_date)
SELECT moved.partner + n, label, label, 'BE' || to_char(400000000 + n + %(company)s * 7, 'FM0000000000'),
    (SELECT country_id FROM res_partner p JOIN res_company c ON c.partner_id = p.id
     WHERE c.id = %(company)s),
    true, true, 'contact', 'ask', 'office' || n || '@example.com', 'Antwerpen', true, 1, 1, now(), now()
FROM moved, generate_series(1, %(partners)s) AS n,
    LATERAL (SELECT (ARRAY['Brouwerij', 'Garage', 'Bakkerij', 'Studio', 'Imprimerie', 'Transport'])
        [1 + n %% 6] || ' ' || %(name)s || ' ' || n || ' BV' AS label) AS named;

UPDATE res_partner SET commercial_partner_id = id FROM moved WHERE id > moved.partner;
SELECT setval('res_partner_id_seq', max(id)) FROM res_partner;
