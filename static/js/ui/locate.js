/** «Рядом со мной»: where the device is, or in words why it cannot be known. */

const PATIENCE_MS = 15000;
const FRESH_MS = 60000;
const REFUSALS = { 1: "locationDenied", 2: "locationUnknown", 3: "locationLate" };

export class LocationError extends Error {
  constructor(text) {
    super(text);
    this.name = "LocationError";
  }
}

/** {lat, lon} of the device within `bounds` [w, s, e, n]; LocationError says in words why not. */
export async function locate(words, bounds) {
  if (!isSecureContext) throw new LocationError(words.locationInsecure);
  if (!navigator.geolocation) throw new LocationError(words.locationUnknown);
  const { latitude: lat, longitude: lon } = (await askDevice(words)).coords;
  const [west, south, east, north] = bounds;
  const inside = west <= lon && lon <= east && south <= lat && lat <= north;
  if (!inside) throw new LocationError(words.locationElsewhere);
  return { lat, lon };
}

function askDevice(words) {
  return new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(
      resolve,
      ({ code }) => reject(new LocationError(words[REFUSALS[code]] ?? words.locationUnknown)),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    );
  });
}
