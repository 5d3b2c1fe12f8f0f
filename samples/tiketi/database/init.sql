-- The first schema, and the events on sale. Every later change is a file in migrations/.
CREATE TABLE users (
  id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email         text NOT NULL UNIQUE,
  name          text NOT NULL,
  password_hash text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE events (
  id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title     text NOT NULL,
  venue     text NOT NULL,
  starts_at timestamptz NOT NULL,
  price     integer NOT NULL CHECK (price >= 0), -- won
  capacity  integer NOT NULL CHECK (capacity > 0),
  available integer NOT NULL CHECK (available BETWEEN 0 AND capacity)
);

CREATE TABLE reservations (
  id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    integer NOT NULL REFERENCES users,
  event_id   integer NOT NULL REFERENCES events,
  quantity   integer NOT NULL CHECK (quantity > 0),
  status     text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'confirmed', 'expired')),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reservations_of_user ON reservations (user_id);

CREATE TABLE payments (
  id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id        integer NOT NULL REFERENCES users,
  reservation_id integer NOT NULL UNIQUE REFERENCES reservations,
  amount         integer NOT NULL CHECK (amount >= 0), -- won
  method         text NOT NULL,
  status         text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX payments_of_user ON payments (user_id);

INSERT INTO events (title, venue, starts_at, price, capacity, available) VALUES
  ('Spring Festival',      'Seoul Olympic Park',       '2027-04-17 18:00+09', 88000, 5000, 5000),
  ('Midnight Jazz',        'Blue Square, Seoul',       '2027-05-08 20:30+09', 66000,  400,  400),
  ('Chamber Music Sunday', 'Lotte Concert Hall, Seoul','2027-05-23 15:00+09', 45000, 1200, 1200),
  ('Harbour Lights',       'BEXCO, Busan',             '2027-06-12 19:00+09', 77000, 3000, 3000);
