-- A store of version 1, as its chat-server has written it: what sqlite3's .dump says, and the two numbers.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE store (
  name TEXT NOT NULL,
  forgotten INTEGER NOT NULL,
  copied INTEGER NOT NULL);
INSERT INTO store VALUES('00000000000000aa',0,0);
CREATE TABLE room (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  epoch TEXT NOT NULL,
  forgotten INTEGER NOT NULL,
  topic TEXT);
INSERT INTO room VALUES(1,'tea','00000000000000a1',0,'Tea; at five');
INSERT INTO room VALUES(2,'attic','00000000000000a2',40,NULL);
CREATE TABLE message (
  n INTEGER PRIMARY KEY,
  room INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  author TEXT NOT NULL,
  text TEXT,
  client BLOB,
  id TEXT,
  reply INTEGER,
  kind TEXT,
  target TEXT);
INSERT INTO message VALUES(1,1,1,1790000000000,80,'zoë','grüße 👋',NULL,NULL,NULL,NULL,NULL);
INSERT INTO message VALUES(2,1,2,1790000000001,150,'ann','one',X'0123456789abcdef0123456789abcdef','1',NULL,NULL,NULL);
INSERT INTO message VALUES(3,2,41,1790000000002,74,'bob','a "b" c',X'016120726f626f742773206f776e206b6579','x''y',NULL,NULL,NULL);
INSERT INTO message VALUES(4,1,3,1790000000003,220,'bob','two',X'016120726f626f742773206f776e206b6579','2',2,NULL,NULL);
INSERT INTO message VALUES(5,1,4,1790000000004,299,'ann','Tea; at five',NULL,NULL,NULL,'topic',NULL);
INSERT INTO message VALUES(6,2,42,1790000000005,138,'','',NULL,NULL,NULL,NULL,NULL);
CREATE UNIQUE INDEX message_place ON message (room, seq);
CREATE UNIQUE INDEX message_post ON message (client, id) WHERE client IS NOT NULL;
COMMIT;
PRAGMA application_id = 1667785076;
PRAGMA user_version = 1;
