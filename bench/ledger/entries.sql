-- Posted entries of the company %(company)s: %(blocks)s blocks of 20 entries, 66 items, spread evenly
-- over eight years. In each block, by their place:
--   0..7   sales invoices (3 items)        13, 14  payments of 0 and 1 in full (2 items)
--   8..12  vendor bills (4 items)          15      of the half of 2
--                                          16      of 8 in full
--   18, 19 miscellaneous (6 items)         17      of the half of 9
-- A tenth of the blocks is in US dollars. What looks like chance is a hash of the entry's number, so
-- that it is the same each time. Runs in the transaction of company.sql, whose tables it uses.

CREATE TEMP TABLE kit ON COMMIT DROP AS SELECT
    (SELECT coalesce(max(id), 0) FROM account_move) AS move,
    (SELECT coalesce(max(id), 0) FROM account_move_line) AS line,
    (SELECT coalesce(max(id), 0) FROM account_partial_reconcile) AS partial,
    (SELECT coalesce(max(id), 0) FROM account_full_reconcile) AS whole,
    c.currency_id AS currency, (SELECT id FROM res_currency WHERE name = 'USD') AS dollar,
    moved.tax + m.account_sale_tax_id AS sale_tax,
    moved.tax + m.account_purchase_tax_id AS purchase_tax,
    j.*, a.*
FROM moved, res_company c, res_company m, LATERAL (
    SELECT min(id) FILTER (WHERE type = 'sale') AS sales,
        min(id) FILTER (WHERE type = 'purchase') AS purchases,
        min(id) FILTER (WHERE type = 'bank') AS bank,
        min(id) FILTER (WHERE type = 'general') AS general
    FROM account_journal WHERE company_id = %(company)s
) AS j, LATERAL (
    SELECT min(id) FILTER (WHERE account_type = 'asset_receivable') AS receivable,
        min(id) FILTER (WHERE account_type = 'liability_payable') AS payable,
        min(id) FILTER (WHERE account_type = 'asset_cash') AS cash,
        min(id) FILTER (WHERE account_type = 'liability_current') AS debt,
        array_agg(id) FILTER (WHERE account_type LIKE 'income%%') AS incomes,
        array_agg(id) FILTER (WHERE account_type LIKE 'expense%%') AS expenses
    FROM account_account JOIN new_account USING (id)
) AS a
WHERE c.id = %(company)s AND m.id = %(model)s;

CREATE TEMP TABLE chosen ON COMMIT DROP AS
SELECT n, block, place,
    abs(hashint4(n)) AS chance,
    date '2019-01-02' + (n::bigint * 2840 / (%(blocks)s * 20))::int AS date,
    moved.partner + 1 + abs(hashint4(block * 20 + CASE place
        WHEN 13 THEN 0 WHEN 14 THEN 1 WHEN 15 THEN 2 WHEN 16 THEN 8 WHEN 17 THEN 9 ELSE place END
    ) %% %(partners)s) AS partner,
    abs(hashint4(block)) %% 10 = 0 AS foreign_currency,
    CASE WHEN place < 8 THEN 'out_invoice' WHEN place < 13 THEN 'in_invoice' ELSE 'entry' END AS kind,
    CASE place WHEN 13 THEN 0 WHEN 14 THEN 1 WHEN 15 THEN 2 WHEN 16 THEN 8 WHEN 17 THEN 9 END AS pays,
    CASE WHEN place IN (15, 17) THEN 0.5 ELSE 1 END AS share,
    CASE WHEN place IN (0, 1, 8) THEN 0 WHEN place IN (2, 9) THEN 0.5 ELSE 1 END AS open
FROM moved, generate_series(0, %(blocks)s - 1) AS block, generate_series(0, 19) AS place,
    LATERAL (SELECT block * 20 + place + 1 AS n) AS number;

CREATE TEMP TABLE entry ON COMMIT DROP AS
SELECT c.*, kit.move + c.n AS id, total.net, round(net * 0.21, 2) AS tax,
    journal, prefix,
    row_number() OVER (PARTITION BY journal, prefix ORDER BY c.n) AS number
FROM kit, chosen c, LATERAL (
    -- A payment has the amount of what it pays.
    SELECT round(20 + abs(hashint4(block * 20 + coalesce(pays, place) + 1)) %% 200000 / 41.0, 2) AS net
) AS total, LATERAL (
    SELECT CASE WHEN place < 8 THEN kit.sales WHEN place < 13 THEN kit.purchases
        WHEN place < 18 THEN kit.bank ELSE kit.general END AS journal,
        CASE WHEN place < 8 THEN 'INV/' WHEN place < 13 THEN 'BILL/'
        WHEN place < 18 THEN 'BNK1/' ELSE 'MISC/' END || extract(year FROM date) || '/' AS prefix
) AS numbered;

CREATE INDEX ON entry (block, place);
ANALYZE entry;

CREATE TEMP TABLE item ON COMMIT DROP AS
SELECT kit.line + row_number() OVER (ORDER BY e.n, l.position) AS id, e.n, l.*,
    round(l.value * CASE WHEN e.foreign_currency THEN 1.1 ELSE 1 END, 2) AS foreign_value
FROM kit, entry e,
    LATERAL (SELECT net + tax AS total, round(net * 0.6, 2) AS most,
        incomes[1 + chance %% cardinality(incomes)] AS income,
        expenses[1 + chance %% cardinality(expenses)] AS expense,
        expenses[1 + chance / 7 %% cardinality(expenses)] AS other) AS x,
    LATERAL (
        SELECT * FROM (VALUES
            ('out_invoice', 1, receivable, total, 'payment_term'),
            ('out_invoice', 2, income, -net, 'product'),
            ('out_invoice', 3, debt, -tax, 'tax'),
            ('in_invoice', 1, payable, -total, 'payment_term'),
            ('in_invoice', 2, expense, most, 'product'),
            ('in_invoice', 3, other, net - most, 'product'),
            ('in_invoice', 4, debt, tax, 'tax')
        ) AS v (kind, position, account, value, display) WHERE v.kind = e.kind
        UNION ALL
        SELECT * FROM (VALUES
            ('', 1, cash, round(total * share, 2) * CASE WHEN pays < 8 THEN 1 ELSE -1 END, 'product'),
            ('', 2, CASE WHEN pays < 8 THEN receivable ELSE payable END,
             round(total * share, 2) * CASE WHEN pays < 8 THEN -1 ELSE 1 END, 'product')
        ) AS v WHERE pays IS NOT NULL
        UNION ALL
        SELECT '', s, CASE WHEN s %% 2 = 1 THEN expenses[1 + (chance + s) %% cardinality(expenses)]
                ELSE debt END,
            CASE WHEN s %% 2 = 1 THEN net ELSE -net END, 'product'
        FROM generate_series(1, 6) AS s WHERE place > 17
    ) AS l;

CREATE INDEX ON item (n, position);
ANALYZE item;

INSERT INTO account_move (id, journal_id, company_id, partner_id, commercial_partner_id, currency_id,
    sequence_prefix, sequence_number, name, ref, state, move_type, auto_post, payment_state, date,
    invoice_date, invoice_date_due, invoice_currency_rate, amount_untaxed, amount_tax, amount_total,
    amount_residual, amount_untaxed_signed, amount_tax_signed, amount_total_signed,
    amount_residual_signed, always_tax_exigible, checked, posted_before, create_date, write_date,
    create_uid, write_uid)
SELECT e.id, journal, %(company)s, partner, partner,
    CASE WHEN foreign_currency THEN dollar ELSE currency END,
    prefix, number, prefix || to_char(number, 'FM00000'),
    CASE WHEN place BETWEEN 8 AND 12 THEN 'F' || to_char(chance %% 1000000, 'FM000000') END,
    'posted', kind, 'no',
    CASE WHEN kind = 'entry' OR open = 1 THEN 'not_paid' WHEN open = 0 THEN 'paid' ELSE 'partial' END,
    date, CASE WHEN kind <> 'entry' THEN date END, CASE WHEN kind <> 'entry' THEN date + 30 END,
    CASE WHEN foreign_currency THEN 1.1 ELSE 1 END,
    net, tax, net + tax, open * (net + tax), net, tax, net + tax, open * (net + tax),
    false, true, true, date, date, 1, 1
FROM entry e, kit;

INSERT INTO account_move_line (id, move_id, journal_id, company_id, company_currency_id, sequence,
    account_id, currency_id, partner_id, tax_line_id, tax_base_amount, move_name, parent_state, ref,
    name, display_type, date, invoice_date, date_maturity, analytic_distribution, debit, credit,
    balance, amount_currency, amount_residual, amount_residual_currency, quantity, price_unit,
    reconciled, matching_number, full_reconcile_id, create_date, write_date, create_uid, write_uid)
SELECT i.id, e.id, e.journal, %(company)s, kit.currency, i.position * 10, i.account,
    CASE WHEN foreign_currency THEN dollar ELSE kit.currency END, e.partner,
    CASE WHEN i.display = 'tax' THEN
        CASE WHEN e.kind = 'out_invoice' THEN sale_tax ELSE purchase_tax END END,
    CASE WHEN i.display = 'tax' THEN e.net ELSE 0 END,
    e.prefix || to_char(e.number, 'FM00000'), 'posted',
    CASE WHEN place BETWEEN 8 AND 12 THEN 'F' || to_char(chance %% 1000000, 'FM000000') END,
    CASE i.display WHEN 'tax' THEN '21%%' WHEN 'payment_term' THEN e.prefix || e.number
        ELSE (ARRAY['Consulting services rendered in ', 'Deliveries according to order form of ',
            'Rent and charges of the warehouse, ', 'Maintenance contract, instalment of ',
            'Mededeling +++090/9337/55493+++ '])[1 + (chance + i.position) %% 5]
            || to_char(e.date, 'FMMonth YYYY') || ', project ' || chance %% 4000 END,
    i.display, e.date, CASE WHEN e.kind <> 'entry' THEN e.date END,
    CASE WHEN i.display = 'payment_term' THEN e.date + 30 END,
    CASE WHEN i.display = 'product' AND e.pays IS NULL AND chance %% 6 = 0 THEN
        CASE WHEN chance %% 4 = 0
            THEN jsonb_build_object((moved.analytic + 1 + chance %% 20)::text, 60,
                                    (moved.analytic + 21 + chance %% 20)::text, 40)
            ELSE jsonb_build_object((moved.analytic + 1 + chance %% 40)::text, 100) END END,
    greatest(value, 0), greatest(-value, 0), value, foreign_value,
    CASE WHEN i.display = 'payment_term' THEN round(open * value, 2) ELSE 0 END,
    CASE WHEN i.display = 'payment_term' THEN round(open * foreign_value, 2) ELSE 0 END,
    1, abs(value), i.display = 'payment_term' AND open = 0, NULL, NULL, e.date, e.date, 1, 1
FROM item i JOIN entry e USING (n), kit, moved ORDER BY i.id;

-- Reconciliations: number, what is paid, what pays.
CREATE TEMP TABLE met ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY p.n) AS number, p.share = 1 AS in_full,
    CASE WHEN p.share = 1 THEN count(*) FILTER (WHERE p.share = 1) OVER (ORDER BY p.n) END AS whole,
    least(due.id, pay.id) AS invoice_item, pay.id AS payment_item, p.pays < 8 AS sale,
    abs(pay.value) AS amount, abs(pay.foreign_value) AS foreign_amount, p.date, p.foreign_currency
FROM entry p
JOIN entry d ON d.block = p.block AND d.place = p.pays
JOIN item due ON due.n = d.n AND due.position = 1
JOIN item pay ON pay.n = p.n AND pay.position = 2
WHERE p.pays IS NOT NULL;

ANALYZE met;

INSERT INTO account_full_reconcile (id, create_date)
SELECT kit.whole + met.whole, date FROM met, kit WHERE in_full;

INSERT INTO account_partial_reconcile (id, debit_move_id, credit_move_id, full_reconcile_id,
    debit_currency_id, credit_currency_id, company_id, max_date, amount, debit_amount_currency,
    credit_amount_currency, create_date)
SELECT kit.partial + number, CASE WHEN sale THEN invoice_item ELSE payment_item END,
    CASE WHEN sale THEN payment_item ELSE invoice_item END, kit.whole + met.whole,
    used.id, used.id, %(company)s, date, amount, foreign_amount, foreign_amount, date
FROM met, kit, LATERAL (
    SELECT CASE WHEN foreign_currency THEN dollar ELSE currency END AS id
) AS used;

UPDATE account_move_line l SET full_reconcile_id = kit.whole + met.whole, reconciled = true,
    matching_number = kit.whole + met.whole
FROM met, kit, unnest(ARRAY[invoice_item, payment_item]) AS both_items (id)
WHERE in_full AND l.id = both_items.id;

UPDATE account_move_line l SET matching_number = 'P' || (kit.partial + number),
    reconciled = l.id = payment_item
FROM met, kit, unnest(ARRAY[invoice_item, payment_item]) AS both_items (id)
WHERE NOT in_full AND l.id = both_items.id;

INSERT INTO account_move_line_account_tax_rel (account_move_line_id, account_tax_id)
SELECT i.id, CASE WHEN e.kind = 'out_invoice' THEN sale_tax ELSE purchase_tax END
FROM item i JOIN entry e USING (n), kit WHERE e.kind <> 'entry' AND i.display = 'product';

INSERT INTO account_account_tag_account_move_line_rel (account_move_line_id, account_account_tag_id)
SELECT i.id, r.account_account_tag_id
FROM item i JOIN entry e USING (n), kit, account_tax_repartition_line l
JOIN account_account_tag_account_tax_repartition_line_rel r ON r.account_tax_repartition_line_id = l.id
WHERE e.kind <> 'entry' AND i.display <> 'payment_term' AND l.document_type = 'invoice'
AND l.tax_id = CASE WHEN e.kind = 'out_invoice' THEN sale_tax ELSE purchase_tax END
AND l.repartition_type = CASE i.display WHEN 'tax' THEN 'tax' ELSE 'base' END;

SELECT setval('account_move_id_seq', max(id)) FROM account_move;
SELECT setval('account_move_line_id_seq', max(id)) FROM account_move_line;
SELECT setval('account_partial_reconcile_id_seq', max(id)) FROM account_partial_reconcile;
SELECT setval('account_full_reconcile_id_seq', max(id)) FROM account_full_reconcile;
