-- A user's picture: the name of an object in the uploads bucket (auth-service, pictures.js).
ALTER TABLE users ADD COLUMN picture text;
