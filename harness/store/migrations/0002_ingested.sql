-- how many bytes of each journal file are in the store; written in the transaction that inserts their rows
CREATE TABLE ingested (file TEXT PRIMARY KEY, bytes BIGINT NOT NULL);
