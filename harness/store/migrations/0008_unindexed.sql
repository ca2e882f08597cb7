-- An index of the key takes most of the time of an insert and two thirds of the file, and no question uses it: where rows
-- are many, the key is a comment, and what is ingested is joined with what is there.
CREATE TABLE unindexed_cases (content TEXT NOT NULL, body JSON NOT NULL);
INSERT INTO unindexed_cases FROM cases;
DROP TABLE cases;
ALTER TABLE unindexed_cases RENAME TO cases;
COMMENT ON TABLE cases IS 'content';

CREATE TABLE unindexed_suite_cases (
    version TEXT NOT NULL, position INTEGER NOT NULL, content TEXT NOT NULL, case_id TEXT NOT NULL, tier TEXT NOT NULL,
    cluster TEXT NOT NULL, slices JSON);
INSERT INTO unindexed_suite_cases FROM suite_cases;
DROP TABLE suite_cases;
ALTER TABLE unindexed_suite_cases RENAME TO suite_cases;
COMMENT ON TABLE suite_cases IS 'version, position';

CREATE TABLE unindexed_evaluation_cases (
    evaluation TEXT NOT NULL, position INTEGER, content TEXT NOT NULL, kind TEXT NOT NULL, answer_key TEXT NOT NULL);
INSERT INTO unindexed_evaluation_cases FROM evaluation_cases;
DROP TABLE evaluation_cases;
ALTER TABLE unindexed_evaluation_cases RENAME TO evaluation_cases;
COMMENT ON TABLE evaluation_cases IS 'evaluation, content, kind';

CREATE TABLE unindexed_predictions (
    answer_key TEXT NOT NULL, sample INTEGER NOT NULL, kind TEXT NOT NULL, replies VARCHAR[], log_likelihoods DOUBLE[],
    tokens INTEGER[], finish_reason TEXT, prompt_tokens INTEGER, new_tokens INTEGER, seconds DOUBLE, error TEXT, run TEXT);
INSERT INTO unindexed_predictions FROM predictions;
DROP TABLE predictions;
ALTER TABLE unindexed_predictions RENAME TO predictions;
COMMENT ON TABLE predictions IS 'answer_key, sample';

CREATE TABLE unindexed_scores (
    answer_key TEXT NOT NULL, content TEXT NOT NULL, metric TEXT NOT NULL, samples INTEGER NOT NULL,
    statistics DOUBLE[] NOT NULL, version TEXT);
INSERT INTO unindexed_scores FROM scores;
DROP TABLE scores;
ALTER TABLE unindexed_scores RENAME TO scores;
COMMENT ON TABLE scores IS 'answer_key, content, metric, samples';

CREATE TABLE unindexed_checked (
    answer_key TEXT NOT NULL, content TEXT NOT NULL, "check" TEXT NOT NULL, sample INTEGER NOT NULL, applies BOOLEAN,
    findings JSON, version TEXT, unchecked TEXT);
INSERT INTO unindexed_checked FROM checked;
DROP TABLE checked;
ALTER TABLE unindexed_checked RENAME TO checked;
COMMENT ON TABLE checked IS 'answer_key, content, check, sample';
