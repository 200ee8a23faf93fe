-- What staff know of a customer. A merged customer points to the one who stands for both; texts stay with the phone
-- that they came from.
ALTER TABLE customers ADD COLUMN language TEXT;
ALTER TABLE customers ADD COLUMN notes TEXT;
ALTER TABLE customers ADD COLUMN merged_into BIGINT REFERENCES customers (id);
-- What it was called before, and whose name the one who stands for both took.
ALTER TABLE customers ADD COLUMN own_name TEXT;
ALTER TABLE customers ADD COLUMN name_of BIGINT REFERENCES customers (id);
CREATE INDEX customers_merged ON customers (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE customer_tags (
    customer_id BIGINT NOT NULL REFERENCES customers (id),
    tag         TEXT NOT NULL,
    PRIMARY KEY (customer_id, tag)
);
CREATE INDEX customer_tags_tag ON customer_tags (tag, customer_id);
