-- what a run measured of an evaluation that is compared with nothing: values, checks, and the evaluation as it was then
CREATE TABLE results (run TEXT, evaluation TEXT, body JSON NOT NULL, "at" TIMESTAMP, PRIMARY KEY (run, evaluation, "at"));
