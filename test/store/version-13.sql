-- A ledger as gcsat wrote it at version 13, with Medallia Agent Connect: what was requested, answered, suppressed, requested by others, and imported.
CREATE TABLE IF NOT EXISTS "ledger_version" ("version" integer primary key);
INSERT INTO ledger_version VALUES(1);
INSERT INTO ledger_version VALUES(2);
INSERT INTO ledger_version VALUES(3);
INSERT INTO ledger_version VALUES(4);
INSERT INTO ledger_version VALUES(5);
INSERT INTO ledger_version VALUES(6);
INSERT INTO ledger_version VALUES(7);
INSERT INTO ledger_version VALUES(8);
INSERT INTO ledger_version VALUES(9);
INSERT INTO ledger_version VALUES(10);
INSERT INTO ledger_version VALUES(11);
INSERT INTO ledger_version VALUES(12);
INSERT INTO ledger_version VALUES(13);
CREATE TABLE organization (
    id integer PRIMARY KEY,
    organization_id text NOT NULL,
    host_kind text NOT NULL,
    origin text NOT NULL
  );
INSERT INTO organization VALUES(1,'enz8soEEwwaOADAuU_5c9Q','loopback','http://127.0.0.1:41567');
CREATE TABLE closings (
    id text PRIMARY KEY NOT NULL,
    conversation_id text NOT NULL,
    customer_id text,
    closed_at text NOT NULL,
    first_seen_at text NOT NULL,
    source text NOT NULL,
    state text NOT NULL,
    state_at text NOT NULL,
    reopened_at text,
    due_at text,
    queued integer NOT NULL,
    attempts integer NOT NULL,
    read_at text,
    decided_at text,
    reasons text NOT NULL,
    evidence text,
    customer text,
    agent text,
    survey_id text,
    provider text,
    address text,
    survey_url text,
    left_at text,
    sent_at text,
    external_id text,
    error text,
    claimed_by text,
    claim_until text
  , lane text NOT NULL DEFAULT 'live', reason_codes text NOT NULL DEFAULT '', agent_id text, inbox_id text, channel text, assignee_id text, brand text, responded_at text, rating integer, forgotten_at text, email_key text, phone_key text, imported text);
INSERT INTO closings VALUES('Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z','Dxbc_jfJy7075fqc1oV0sw','GaQhEaU2xhdJ7AWk6-IEmg','2026-11-29T23:40:00.000Z','2026-11-30T03:17:03.841Z','replay','sent','2026-11-30T03:17:04.195Z',NULL,'2026-11-30T03:17:03.923Z',0,0,'2026-11-30T03:17:03.024Z','2026-11-30T03:17:03.923Z','[]','{"conversation":{"status":"CLOSED","createdAt":"2026-11-29T21:00:00.000Z","closedAt":"2026-11-29T23:40:00.000Z","closing":"Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z","assignedAgentId":"Uqreq7yMNkzCMwGyEfzMsQ","assignedAgentName":"Amara Lindqvist","inbox":{"id":"LXAX_i70PGyD6J2cRceK-Q","name":"Orders and Delivery"},"topics":[{"id":"bbY-01J5t79kY-ONJ-dy9g","name":"Where is my order"},{"id":"A6oAODiWfqzLD2DzjP8reQ","name":"Change of address"}]},"attribution":{"agent":{"id":"Jv6uMA0bmq8kLip3oqRdOA","name":"Bastien Corbeau","email":"bastien.corbeau@haldenrook.example.com"},"itemId":"O744o5ws4ECGcZQGW0YxgA","itemType":"CHAT_MESSAGE","channel":"chat","respondedAt":"2026-11-29T21:25:00.000Z","confidence":"exact","considered":[{"itemId":"JVmo0mjiEaFWqrZhyOcMJQ","type":"CHAT_MESSAGE","initiator":"CUSTOMER","agentId":null,"at":"2026-11-29T21:00:00.000Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"AInV9kOgUHsoOWi7SXgJJQ","type":"CHAT_MESSAGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-29T21:10:00.000Z","counts":true,"why":"earlier response","agentName":"Amara Lindqvist"},{"itemId":"PEwOZbUc_G-kxdh7y2FYig","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-29T21:11:00.000Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"Dibd5yGs-gPx7kr9yPJ7LQ","type":"CHAT_MESSAGE","initiator":"CUSTOMER","agentId":null,"at":"2026-11-29T21:20:00.000Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"O744o5ws4ECGcZQGW0YxgA","type":"CHAT_MESSAGE","initiator":"AGENT","agentId":"Jv6uMA0bmq8kLip3oqRdOA","at":"2026-11-29T21:25:00.000Z","counts":true,"why":"last response","agentName":"Bastien Corbeau"},{"itemId":"A2nASOOJkMiWO1Ppkqx8oQ","type":"CONVERSATION_NOTE","initiator":"AGENT","agentId":"TEtdv4pvSVv36KnVQZikjQ","at":"2026-11-29T21:31:00.000Z","counts":false,"why":"note","agentName":"Chiara Vento"},{"itemId":"QN46cM1xb-w6OaYpq0IvYQ","type":"CHAT_MESSAGE","initiator":"SYSTEM","agentId":null,"at":"2026-11-29T21:33:00.000Z","counts":false,"why":"from SYSTEM","agentName":null},{"itemId":"VktPQwwVOYeAlcgKYCl4jw","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-29T21:34:00.000Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"DgFQBN5bjNvUA-BP3Bn1_w","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"TEtdv4pvSVv36KnVQZikjQ","at":"2026-11-29T23:40:00.000Z","counts":false,"why":"status change","agentName":"Chiara Vento"}],"omitted":null},"timeline":{"items":9,"truncated":false,"considered":[{"itemId":"JVmo0mjiEaFWqrZhyOcMJQ","type":"CHAT_MESSAGE","initiator":"CUSTOMER","agentId":null,"at":"2026-11-29T21:00:00.000Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"AInV9kOgUHsoOWi7SXgJJQ","type":"CHAT_MESSAGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-29T21:10:00.000Z","counts":true,"why":"earlier response","agentName":"Amara Lindqvist"},{"itemId":"PEwOZbUc_G-kxdh7y2FYig","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-29T21:11:00.000Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"Dibd5yGs-gPx7kr9yPJ7LQ","type":"CHAT_MESSAGE","initiator":"CUSTOMER","agentId":null,"at":"2026-11-29T21:20:00.000Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"O744o5ws4ECGcZQGW0YxgA","type":"CHAT_MESSAGE","initiator":"AGENT","agentId":"Jv6uMA0bmq8kLip3oqRdOA","at":"2026-11-29T21:25:00.000Z","counts":true,"why":"last response","agentName":"Bastien Corbeau"},{"itemId":"A2nASOOJkMiWO1Ppkqx8oQ","type":"CONVERSATION_NOTE","initiator":"AGENT","agentId":"TEtdv4pvSVv36KnVQZikjQ","at":"2026-11-29T21:31:00.000Z","counts":false,"why":"note","agentName":"Chiara Vento"},{"itemId":"QN46cM1xb-w6OaYpq0IvYQ","type":"CHAT_MESSAGE","initiator":"SYSTEM","agentId":null,"at":"2026-11-29T21:33:00.000Z","counts":false,"why":"from SYSTEM","agentName":null},{"itemId":"VktPQwwVOYeAlcgKYCl4jw","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-29T21:34:00.000Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"DgFQBN5bjNvUA-BP3Bn1_w","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"TEtdv4pvSVv36KnVQZikjQ","at":"2026-11-29T23:40:00.000Z","counts":false,"why":"status change","agentName":"Chiara Vento"}],"omitted":null},"recordings":[]}','{"id":"GaQhEaU2xhdJ7AWk6-IEmg","name":"Petra three agents","email":"three.agents.20787-0@example.com","phone":"+19875550100"}','{"id":"Jv6uMA0bmq8kLip3oqRdOA","name":"Bastien Corbeau","email":"bastien.corbeau@haldenrook.example.com"}','_ReFeQbd0cGmgYdCe9WYA_','medallia','three.agents.20787-0@example.com',NULL,'2026-11-30T03:17:04.057Z','2026-11-30T03:17:04.195Z',NULL,NULL,NULL,NULL,'live','','Jv6uMA0bmq8kLip3oqRdOA','LXAX_i70PGyD6J2cRceK-Q','chat','Uqreq7yMNkzCMwGyEfzMsQ',NULL,'2026-11-29T21:25:00.000Z',NULL,NULL,'three.agents.20787-0@example.com','+19875550100',NULL);
INSERT INTO closings VALUES('YtBoH_MF_9348SmSjjRo8A@2026-11-29T02:00:52.841Z','YtBoH_MF_9348SmSjjRo8A','dz8965cX-IDxVxPk8CE36g','2026-11-29T02:00:52.841Z','2026-11-30T03:17:06.989Z','replay','suppressed','2026-11-30T03:17:07.114Z',NULL,NULL,0,0,'2026-11-30T03:17:06.695Z','2026-11-30T03:17:07.114Z','[{"code":"opt_out_topic","detail":"topic do_not_send_stella"}]','{"conversation":{"status":"CLOSED","createdAt":"2026-11-29T01:00:52.841Z","closedAt":"2026-11-29T02:00:52.841Z","closing":"YtBoH_MF_9348SmSjjRo8A@2026-11-29T02:00:52.841Z","assignedAgentId":"bhbztOqvfK8Gq7qBKKi8ig","assignedAgentName":"Farid Nordgren","inbox":{"id":"T5lJ-lbDeIPQZ7evIrBGRw","name":"Social"},"topics":[{"id":"bbY-01J5t79kY-ONJ-dy9g","name":"Where is my order"},{"id":"JiDiZqX6bXU9Xd2OgZya8Q","name":"do_not_send_stella"}]},"attribution":{"agent":{"id":"bhbztOqvfK8Gq7qBKKi8ig","name":"Farid Nordgren","email":"farid.nordgren@haldenrook.example.com"},"itemId":"TS9Iky0MoxIAChZlSfmG1w","itemType":"EMAIL","channel":"email","respondedAt":"2026-11-29T01:10:52.841Z","confidence":"exact","considered":[{"itemId":"aua09sEnwmblJ8eWFHvdTA","type":"EMAIL","initiator":"CUSTOMER","agentId":null,"at":"2026-11-29T01:00:52.841Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"TS9Iky0MoxIAChZlSfmG1w","type":"EMAIL","initiator":"AGENT","agentId":"bhbztOqvfK8Gq7qBKKi8ig","at":"2026-11-29T01:10:52.841Z","counts":true,"why":"last response","agentName":"Farid Nordgren"},{"itemId":"Mwbap4ts6jQBYK71aemOLg","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"bhbztOqvfK8Gq7qBKKi8ig","at":"2026-11-29T01:11:52.841Z","counts":false,"why":"topic change","agentName":"Farid Nordgren"},{"itemId":"FkK7YV1KlKcmefBx6647-A","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"cbX8t_ZJcEw3qG_PO5OMnA","at":"2026-11-29T01:30:52.841Z","counts":false,"why":"topic change","agentName":"Greta Ohanian"},{"itemId":"LJJEYTaBFGCoH37GZSx16Q","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"dRRGiv7zBfRIHmiD_5lm6w","at":"2026-11-29T02:00:52.841Z","counts":false,"why":"status change","agentName":"Hiroshi Valdane"}],"omitted":null},"timeline":{"items":5,"truncated":false,"considered":[{"itemId":"aua09sEnwmblJ8eWFHvdTA","type":"EMAIL","initiator":"CUSTOMER","agentId":null,"at":"2026-11-29T01:00:52.841Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"TS9Iky0MoxIAChZlSfmG1w","type":"EMAIL","initiator":"AGENT","agentId":"bhbztOqvfK8Gq7qBKKi8ig","at":"2026-11-29T01:10:52.841Z","counts":true,"why":"last response","agentName":"Farid Nordgren"},{"itemId":"Mwbap4ts6jQBYK71aemOLg","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"bhbztOqvfK8Gq7qBKKi8ig","at":"2026-11-29T01:11:52.841Z","counts":false,"why":"topic change","agentName":"Farid Nordgren"},{"itemId":"FkK7YV1KlKcmefBx6647-A","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"cbX8t_ZJcEw3qG_PO5OMnA","at":"2026-11-29T01:30:52.841Z","counts":false,"why":"topic change","agentName":"Greta Ohanian"},{"itemId":"LJJEYTaBFGCoH37GZSx16Q","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"dRRGiv7zBfRIHmiD_5lm6w","at":"2026-11-29T02:00:52.841Z","counts":false,"why":"status change","agentName":"Hiroshi Valdane"}],"omitted":null},"recordings":[]}','{"id":"dz8965cX-IDxVxPk8CE36g","name":"Petra opt out topic","email":"opt.out.topic.20787-54@example.com","phone":"+19875550154"}','{"id":"bhbztOqvfK8Gq7qBKKi8ig","name":"Farid Nordgren","email":"farid.nordgren@haldenrook.example.com"}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'live','opt_out_topic','bhbztOqvfK8Gq7qBKKi8ig','T5lJ-lbDeIPQZ7evIrBGRw','email','bhbztOqvfK8Gq7qBKKi8ig',NULL,'2026-11-29T01:10:52.841Z',NULL,NULL,'opt.out.topic.20787-54@example.com','+19875550154',NULL);
INSERT INTO closings VALUES('UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z','UrcPJO6gvoPUnDxiWEVKAw','AEOgIvF0sTI9YBP_YhARtg','2026-11-30T03:17:07.549Z','2026-11-30T03:17:10.086Z','replay','answered','2026-11-30T03:17:13.499Z',NULL,'2026-11-30T03:17:10.229Z',0,0,'2026-11-30T03:17:09.758Z','2026-11-30T03:17:10.229Z','[]','{"conversation":{"status":"CLOSED","createdAt":"2026-11-30T03:15:07.549Z","closedAt":"2026-11-30T03:17:07.549Z","closing":"UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z","assignedAgentId":"Uqreq7yMNkzCMwGyEfzMsQ","assignedAgentName":"Amara Lindqvist","inbox":{"id":"LXAX_i70PGyD6J2cRceK-Q","name":"Orders and Delivery"},"topics":[{"id":"bbY-01J5t79kY-ONJ-dy9g","name":"Where is my order"}]},"attribution":{"agent":{"id":"Uqreq7yMNkzCMwGyEfzMsQ","name":"Amara Lindqvist","email":"amara.lindqvist@haldenrook.example.com"},"itemId":"XrzVGiSNBcMHgprUEZFn7g","itemType":"EMAIL","channel":"email","respondedAt":"2026-11-30T03:16:07.549Z","confidence":"exact","considered":[{"itemId":"LN-vY42NTICfD2_7T2IQsA","type":"EMAIL","initiator":"CUSTOMER","agentId":null,"at":"2026-11-30T03:15:07.549Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"XrzVGiSNBcMHgprUEZFn7g","type":"EMAIL","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:07.549Z","counts":true,"why":"last response","agentName":"Amara Lindqvist"},{"itemId":"UFVj8jv8XQpia4vWzcX-iA","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:07.549Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"CQhs40el3ip2IuSZFk1l8g","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:17:07.549Z","counts":false,"why":"status change","agentName":"Amara Lindqvist"}],"omitted":null},"timeline":{"items":4,"truncated":false,"considered":[{"itemId":"LN-vY42NTICfD2_7T2IQsA","type":"EMAIL","initiator":"CUSTOMER","agentId":null,"at":"2026-11-30T03:15:07.549Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"XrzVGiSNBcMHgprUEZFn7g","type":"EMAIL","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:07.549Z","counts":true,"why":"last response","agentName":"Amara Lindqvist"},{"itemId":"UFVj8jv8XQpia4vWzcX-iA","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:07.549Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"CQhs40el3ip2IuSZFk1l8g","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:17:07.549Z","counts":false,"why":"status change","agentName":"Amara Lindqvist"}],"omitted":null},"recordings":[]}','{"id":"AEOgIvF0sTI9YBP_YhARtg","name":null,"email":"kim@example.org","phone":null}','{"id":"Uqreq7yMNkzCMwGyEfzMsQ","name":"Amara Lindqvist","email":"amara.lindqvist@haldenrook.example.com"}','Q0WNpXvdbChMSi9nym8n1x','medallia','kim@example.org',NULL,'2026-11-30T03:17:10.473Z','2026-11-30T03:17:10.558Z',NULL,NULL,NULL,NULL,'live','','Uqreq7yMNkzCMwGyEfzMsQ','LXAX_i70PGyD6J2cRceK-Q','email','Uqreq7yMNkzCMwGyEfzMsQ',NULL,'2026-11-30T03:16:07.549Z',4,NULL,'kim@example.org',NULL,NULL);
INSERT INTO closings VALUES('HzYt7MCQjo4_K5usOB-YWQ@2026-11-30T03:17:10.773Z','HzYt7MCQjo4_K5usOB-YWQ','AEOgIvF0sTI9YBP_YhARtg','2026-11-30T03:17:10.773Z','2026-11-30T03:17:13.127Z','replay','suppressed','2026-11-30T03:17:13.222Z',NULL,NULL,0,0,'2026-11-30T03:17:12.842Z','2026-11-30T03:17:13.222Z','[{"code":"recently_surveyed","detail":"the address was surveyed on 2026-11-30, within 7 days"}]','{"conversation":{"status":"CLOSED","createdAt":"2026-11-30T03:15:10.773Z","closedAt":"2026-11-30T03:17:10.773Z","closing":"HzYt7MCQjo4_K5usOB-YWQ@2026-11-30T03:17:10.773Z","assignedAgentId":"Uqreq7yMNkzCMwGyEfzMsQ","assignedAgentName":"Amara Lindqvist","inbox":{"id":"LXAX_i70PGyD6J2cRceK-Q","name":"Orders and Delivery"},"topics":[{"id":"bbY-01J5t79kY-ONJ-dy9g","name":"Where is my order"}]},"attribution":{"agent":{"id":"Uqreq7yMNkzCMwGyEfzMsQ","name":"Amara Lindqvist","email":"amara.lindqvist@haldenrook.example.com"},"itemId":"F39A4RZBc2T_ewQOFBEo7A","itemType":"EMAIL","channel":"email","respondedAt":"2026-11-30T03:16:10.773Z","confidence":"exact","considered":[{"itemId":"QLk4QKQEfTDAy6HKP1tiOw","type":"EMAIL","initiator":"CUSTOMER","agentId":null,"at":"2026-11-30T03:15:10.773Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"F39A4RZBc2T_ewQOFBEo7A","type":"EMAIL","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:10.773Z","counts":true,"why":"last response","agentName":"Amara Lindqvist"},{"itemId":"JOlz--rCDqV9a16qiXY_3Q","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:10.773Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"EGKhgDFOIU0ds4YIgnh5JA","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:17:10.773Z","counts":false,"why":"status change","agentName":"Amara Lindqvist"}],"omitted":null},"timeline":{"items":4,"truncated":false,"considered":[{"itemId":"QLk4QKQEfTDAy6HKP1tiOw","type":"EMAIL","initiator":"CUSTOMER","agentId":null,"at":"2026-11-30T03:15:10.773Z","counts":false,"why":"from CUSTOMER","agentName":null},{"itemId":"F39A4RZBc2T_ewQOFBEo7A","type":"EMAIL","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:10.773Z","counts":true,"why":"last response","agentName":"Amara Lindqvist"},{"itemId":"JOlz--rCDqV9a16qiXY_3Q","type":"TOPIC_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:16:10.773Z","counts":false,"why":"topic change","agentName":"Amara Lindqvist"},{"itemId":"EGKhgDFOIU0ds4YIgnh5JA","type":"CONVERSATION_STATUS_CHANGE","initiator":"AGENT","agentId":"Uqreq7yMNkzCMwGyEfzMsQ","at":"2026-11-30T03:17:10.773Z","counts":false,"why":"status change","agentName":"Amara Lindqvist"}],"omitted":null},"recordings":[]}','{"id":"AEOgIvF0sTI9YBP_YhARtg","name":null,"email":"kim@example.org","phone":null}','{"id":"Uqreq7yMNkzCMwGyEfzMsQ","name":"Amara Lindqvist","email":"amara.lindqvist@haldenrook.example.com"}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'live','recently_surveyed','Uqreq7yMNkzCMwGyEfzMsQ','LXAX_i70PGyD6J2cRceK-Q','email','Uqreq7yMNkzCMwGyEfzMsQ',NULL,'2026-11-30T03:16:10.773Z',NULL,NULL,'kim@example.org',NULL,NULL);
INSERT INTO closings VALUES('requested by others@2026-11-30T03:17:13.520Z','requested by others',NULL,'2026-11-30T03:17:13.520Z','2026-11-30T03:17:19.433Z','import','suppressed','2026-11-30T03:17:19.433Z',NULL,NULL,0,0,NULL,NULL,'[{"code":"already_surveyed","detail":"Agent Connect asked on 2026-11-30"}]',NULL,NULL,'{"id":"Uqreq7yMNkzCMwGyEfzMsQ","name":"Amara Lindqvist","email":"amara.lindqvist@haldenrook.example.com"}',NULL,NULL,'lee@example.org',NULL,NULL,'2026-11-30T03:17:13.520Z',NULL,NULL,NULL,NULL,'live','already_surveyed','Uqreq7yMNkzCMwGyEfzMsQ',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'lee@example.org',NULL,'row-HLzz-ToOg-T4NdqmX8eiuW');
CREATE TABLE history (
    closing_id text NOT NULL REFERENCES closings (id),
    sequence integer NOT NULL,
    at text NOT NULL,
    transition text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL,
    note text,
    PRIMARY KEY (closing_id, sequence)
  );
INSERT INTO history VALUES('Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z',1,'2026-11-30T03:17:03.923Z','schedule','pending','scheduled','medallia');
INSERT INTO history VALUES('Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z',2,'2026-11-30T03:17:04.057Z','leave','scheduled','sending',NULL);
INSERT INTO history VALUES('Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z',3,'2026-11-30T03:17:04.195Z','confirm','sending','sent',NULL);
INSERT INTO history VALUES('YtBoH_MF_9348SmSjjRo8A@2026-11-29T02:00:52.841Z',1,'2026-11-30T03:17:07.114Z','suppress','pending','suppressed','opt_out_topic');
INSERT INTO history VALUES('UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z',1,'2026-11-30T03:17:10.229Z','schedule','pending','scheduled','medallia');
INSERT INTO history VALUES('UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z',2,'2026-11-30T03:17:10.473Z','leave','scheduled','sending',NULL);
INSERT INTO history VALUES('UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z',3,'2026-11-30T03:17:10.558Z','confirm','sending','sent',NULL);
INSERT INTO history VALUES('HzYt7MCQjo4_K5usOB-YWQ@2026-11-30T03:17:10.773Z',1,'2026-11-30T03:17:13.222Z','suppress','pending','suppressed','recently_surveyed');
INSERT INTO history VALUES('UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z',4,'2026-11-30T03:17:13.499Z','answer','sent','answered','rating 4');
INSERT INTO history VALUES('requested by others@2026-11-30T03:17:13.520Z',1,'2026-11-30T03:17:19.433Z','suppress','pending','suppressed','already_surveyed');
CREATE TABLE messages (
    closing_id text NOT NULL REFERENCES closings (id),
    sequence integer NOT NULL,
    survey_id text NOT NULL,
    provider text NOT NULL,
    address text,
    left_at text NOT NULL,
    settled_at text,
    outcome text,
    external_id text,
    error text,
    PRIMARY KEY (closing_id, sequence)
  );
INSERT INTO messages VALUES('Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z',1,'_ReFeQbd0cGmgYdCe9WYA_','medallia','three.agents.20787-0@example.com','2026-11-30T03:17:04.057Z','2026-11-30T03:17:04.195Z','sent',NULL,NULL);
INSERT INTO messages VALUES('UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z',1,'Q0WNpXvdbChMSi9nym8n1x','medallia','kim@example.org','2026-11-30T03:17:10.473Z','2026-11-30T03:17:10.558Z','sent',NULL,NULL);
CREATE TABLE answers (
    survey_id text NOT NULL,
    revision integer NOT NULL,
    closing_id text REFERENCES closings (id),
    rating integer NOT NULL,
    resolved integer,
    comment text,
    answered_at text NOT NULL,
    source text NOT NULL,
    PRIMARY KEY (survey_id, revision)
  );
INSERT INTO answers VALUES('Q0WNpXvdbChMSi9nym8n1x',1,'UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z',4,1,'Fine.','2026-11-30T03:17:13.499Z','medallia');
CREATE TABLE cards (
    item_id text PRIMARY KEY NOT NULL,
    survey_id text NOT NULL,
    revision integer NOT NULL,
    customer_id text NOT NULL,
    state text NOT NULL,
    body text NOT NULL,
    posted_at text
  );
INSERT INTO cards VALUES('csat-H8Dj9o5jnC7Bkf0RBgN9q6aShOkiMx8dEZ5v6sAThss','Q0WNpXvdbChMSi9nym8n1x',1,'AEOgIvF0sTI9YBP_YhARtg','posted','{"id":"csat-H8Dj9o5jnC7Bkf0RBgN9q6aShOkiMx8dEZ5v6sAThss","content":{"type":"CUSTOMER_ACTIVITY","activityType":"SURVEY","title":"CSAT 4/5: resolved","body":"<p><b>★★★★☆ 4/5</b></p><p>Fine.</p><p>Resolved: yes<br>Agent: Amara Lindqvist<br>Channel: email<br>Closed: Nov 29, 2026, 9:17 PM CST<br>Conversation: UrcPJO6gvoPUnDxiWEVKAw</p>","sourceName":"CSAT survey","link":{"url":"http://127.0.0.1:41567/customer/AEOgIvF0sTI9YBP_YhARtg/conversation/UrcPJO6gvoPUnDxiWEVKAw","text":"Open conversation"},"occurredAt":"2026-11-30T03:17:13.499Z"}}','2026-11-30T03:17:16.913Z');
CREATE TABLE unsubscribes (address text PRIMARY KEY NOT NULL, at text NOT NULL, source text NOT NULL);
CREATE TABLE locks (name text PRIMARY KEY NOT NULL, claimed_by text NOT NULL, claim_until text NOT NULL);
CREATE TABLE directories (
    kind text NOT NULL,
    id text NOT NULL,
    body text NOT NULL,
    fetched_at text NOT NULL,
    PRIMARY KEY (kind, id)
  );
CREATE TABLE limits (
    bucket text PRIMARY KEY NOT NULL,
    next_at double precision NOT NULL,
    paused_until double precision NOT NULL,
    interactive_until double precision NOT NULL
  );
CREATE TABLE reopenings (
    conversation_id text NOT NULL,
    reopened_at text NOT NULL,
    PRIMARY KEY (conversation_id, reopened_at)
  );
CREATE TABLE visits (
    survey_id text NOT NULL,
    kind text NOT NULL,
    count integer NOT NULL,
    first_at text NOT NULL,
    last_at text NOT NULL,
    PRIMARY KEY (survey_id, kind)
  );
CREATE TABLE cards_due (
    survey_id text PRIMARY KEY NOT NULL,
    closing_id text REFERENCES closings (id),
    answered_at text NOT NULL,
    tries integer NOT NULL,
    retry_at text,
    error text
  );
CREATE TABLE checkpoints (
      lane text NOT NULL,
      name text NOT NULL,
      at text NOT NULL,
      PRIMARY KEY (lane, name)
    );
INSERT INTO checkpoints VALUES('live','started','2026-11-30T03:17:15.496Z');
INSERT INTO checkpoints VALUES('live','until','2026-11-30T03:17:15.496Z');
CREATE TABLE closing_reports (
      lane text NOT NULL,
      conversation_id text NOT NULL,
      closed_at text NOT NULL,
      closing_id text NOT NULL REFERENCES closings (id),
      source text NOT NULL,
      seen_at text NOT NULL,
      PRIMARY KEY (conversation_id, lane, closed_at)
    );
CREATE TABLE IF NOT EXISTS "pauses" ("id" integer primary key, "paused_at" text not null, "until" text, "reason" text);
CREATE TABLE closing_topics (
    closing_id text NOT NULL REFERENCES closings (id),
    topic_id text NOT NULL,
    closed_at text NOT NULL,
    PRIMARY KEY (closing_id, topic_id)
  );
INSERT INTO closing_topics VALUES('Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z','bbY-01J5t79kY-ONJ-dy9g','2026-11-29T23:40:00.000Z');
INSERT INTO closing_topics VALUES('Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z','A6oAODiWfqzLD2DzjP8reQ','2026-11-29T23:40:00.000Z');
INSERT INTO closing_topics VALUES('YtBoH_MF_9348SmSjjRo8A@2026-11-29T02:00:52.841Z','bbY-01J5t79kY-ONJ-dy9g','2026-11-29T02:00:52.841Z');
INSERT INTO closing_topics VALUES('YtBoH_MF_9348SmSjjRo8A@2026-11-29T02:00:52.841Z','JiDiZqX6bXU9Xd2OgZya8Q','2026-11-29T02:00:52.841Z');
INSERT INTO closing_topics VALUES('UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z','bbY-01J5t79kY-ONJ-dy9g','2026-11-30T03:17:07.549Z');
INSERT INTO closing_topics VALUES('HzYt7MCQjo4_K5usOB-YWQ@2026-11-30T03:17:10.773Z','bbY-01J5t79kY-ONJ-dy9g','2026-11-30T03:17:10.773Z');
CREATE TABLE names (
    kind text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    email text,
    PRIMARY KEY (kind, id)
  );
INSERT INTO names VALUES('agent','Uqreq7yMNkzCMwGyEfzMsQ','Amara Lindqvist','amara.lindqvist@haldenrook.example.com');
INSERT INTO names VALUES('inbox','LXAX_i70PGyD6J2cRceK-Q','Orders and Delivery',NULL);
INSERT INTO names VALUES('topic','bbY-01J5t79kY-ONJ-dy9g','Where is my order',NULL);
INSERT INTO names VALUES('topic','A6oAODiWfqzLD2DzjP8reQ','Change of address',NULL);
INSERT INTO names VALUES('agent','Jv6uMA0bmq8kLip3oqRdOA','Bastien Corbeau','bastien.corbeau@haldenrook.example.com');
INSERT INTO names VALUES('agent','bhbztOqvfK8Gq7qBKKi8ig','Farid Nordgren','farid.nordgren@haldenrook.example.com');
INSERT INTO names VALUES('inbox','T5lJ-lbDeIPQZ7evIrBGRw','Social',NULL);
INSERT INTO names VALUES('topic','JiDiZqX6bXU9Xd2OgZya8Q','do_not_send_stella',NULL);
CREATE TABLE notes (
    closing_id text NOT NULL REFERENCES closings (id),
    sequence integer NOT NULL,
    at text NOT NULL,
    text text NOT NULL,
    done integer NOT NULL,
    PRIMARY KEY (closing_id, sequence)
  );
CREATE TABLE address_keys (id integer PRIMARY KEY, key text NOT NULL);
INSERT INTO address_keys VALUES(1,'d5925a754ae7b3571cc51beaf1b7f85089ed52c7704fe942e4178621ae1fbe52');
CREATE TABLE media_files (
    path text PRIMARY KEY NOT NULL,
    closing_id text REFERENCES closings (id),
    customer_id text,
    fetched_at text NOT NULL
  );
CREATE TABLE erasures (
    kind text NOT NULL,
    name text NOT NULL,
    tries integer NOT NULL,
    retry_at text,
    error text,
    PRIMARY KEY (kind, name)
  );
CREATE TABLE alerts (
    survey_id text NOT NULL,
    revision integer NOT NULL,
    way text NOT NULL,
    closing_id text NOT NULL REFERENCES closings (id),
    state text NOT NULL,
    at text NOT NULL,
    tries integer NOT NULL,
    due_at text,
    settled_at text,
    error text,
    PRIMARY KEY (survey_id, revision, way)
  );
CREATE TABLE medallia_rows (
    uuid text PRIMARY KEY NOT NULL,
    sequence double precision NOT NULL,
    interaction_id text,
    interaction_url text,
    channel text,
    requested_at text,
    sent_at text,
    delivery_status text,
    answered_at text,
    rating integer,
    resolved integer,
    comment text,
    employee_email text,
    employee_id text,
    closing_id text,
    due integer NOT NULL,
    read_at text NOT NULL
  );
INSERT INTO medallia_rows VALUES('564d4ec1-d06c-4939-99cb-64beab957563',48001.0,'Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z','http://127.0.0.1:41567/customer/GaQhEaU2xhdJ7AWk6-IEmg/conversation/Dxbc_jfJy7075fqc1oV0sw','chat','2026-11-30T03:17:04.159Z','2026-11-30T03:17:04.159Z','Sent',NULL,NULL,NULL,NULL,'bastien.corbeau@haldenrook.example.com','501','Dxbc_jfJy7075fqc1oV0sw@2026-11-29T23:40:00.000Z',0,'2026-11-30T03:17:16.143Z');
INSERT INTO medallia_rows VALUES('7b31bff0-0d88-40d1-806d-20ac86cee530',48003.0,'UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z','http://127.0.0.1:41567/customer/AEOgIvF0sTI9YBP_YhARtg/conversation/UrcPJO6gvoPUnDxiWEVKAw','email','2026-11-30T03:17:10.550Z','2026-11-30T03:17:10.550Z','Sent','2026-11-30T03:17:13.499Z',4,1,NULL,'amara.lindqvist@haldenrook.example.com','500','UrcPJO6gvoPUnDxiWEVKAw@2026-11-30T03:17:07.549Z',0,'2026-11-30T03:17:16.143Z');
INSERT INTO medallia_rows VALUES('84e26b6c-a7b4-48a7-8716-f2795b3e435a',48004.0,'requested by others',NULL,'phone','2026-11-30T03:17:13.520Z','2026-11-30T03:17:13.520Z','Sent',NULL,NULL,NULL,NULL,'amara.lindqvist@haldenrook.example.com','500',NULL,0,'2026-11-30T03:17:16.143Z');
CREATE TABLE medallia_cursors (origin text PRIMARY KEY NOT NULL, sequence double precision NOT NULL, at text NOT NULL);
INSERT INTO medallia_cursors VALUES('http://127.0.0.1:36527',48004.0,'2026-11-30T03:17:16.143Z');
CREATE INDEX closings_conversation ON closings (conversation_id, closed_at);
CREATE INDEX closings_closed ON closings (closed_at, id);
CREATE INDEX closings_state ON closings (state, closed_at, id);
CREATE INDEX closings_customer ON closings (customer_id);
CREATE INDEX closings_survey ON closings (survey_id);
CREATE INDEX closings_address ON closings (address, state);
CREATE INDEX closings_claims ON closings (claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX answers_closing ON answers (closing_id);
CREATE INDEX cards_survey ON cards (survey_id, revision);
CREATE INDEX messages_survey ON messages (survey_id);
CREATE INDEX cards_due_untried ON cards_due (answered_at) WHERE tries = 0 AND closing_id IS NOT NULL;
CREATE INDEX cards_due_again ON cards_due (retry_at) WHERE closing_id IS NOT NULL;
CREATE INDEX closings_queue ON closings (lane, due_at, first_seen_at) WHERE queued = 1;
CREATE INDEX closings_unsettled ON closings (state, lane)
    WHERE state IN ('pending', 'scheduled', 'sending', 'uncertain', 'failed');
CREATE INDEX closings_undecided ON closings (lane, due_at, first_seen_at)
       WHERE queued = 1 AND state <> 'scheduled';
CREATE INDEX closing_topics_topic ON closing_topics (topic_id, closed_at, closing_id);
CREATE INDEX closings_range ON closings
     (closed_at, lane, state, agent_id, inbox_id, channel, brand, provider, reason_codes, survey_id, id);
CREATE INDEX closings_agent ON closings (agent_id, closed_at, id) WHERE agent_id IS NOT NULL;
CREATE INDEX closings_inbox ON closings (inbox_id, closed_at, id) WHERE inbox_id IS NOT NULL;
CREATE INDEX closings_channel ON closings (channel, closed_at, id) WHERE channel IS NOT NULL;
CREATE INDEX closings_brand ON closings (brand, closed_at, id) WHERE brand IS NOT NULL;
CREATE INDEX closings_rating ON closings (rating, closed_at, id) WHERE rating IS NOT NULL;
CREATE INDEX answers_answered ON answers (answered_at, survey_id);
CREATE INDEX closings_kept ON closings (closed_at) WHERE forgotten_at IS NULL;
CREATE INDEX cards_customer ON cards (customer_id);
CREATE INDEX media_files_closing ON media_files (closing_id);
CREATE INDEX media_files_customer ON media_files (customer_id);
CREATE INDEX closings_email_key ON closings (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX closings_phone_key ON closings (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alerts_closing ON alerts (closing_id);
CREATE INDEX medallia_rows_due ON medallia_rows (sequence) WHERE due = 1;
CREATE INDEX medallia_rows_closing ON medallia_rows (closing_id) WHERE closing_id IS NOT NULL;
CREATE INDEX medallia_rows_unmatched ON medallia_rows (sequence) WHERE closing_id IS NULL AND due = 0;
CREATE INDEX closings_imported ON closings (imported) WHERE imported IS NOT NULL;
