/** The pale base map, drawn in the browser from our own vector tiles. */

const { protomapsL } = globalThis;
const MAX_DATA_ZOOM = 15;

/** Leaflet layer of the base map in the page's current colours. */
export function createBasemap(url, { bounds, attribution }) {
  const color = readColors();
  return protomapsL.leafletLayer({
    url,
    bounds,
    attribution,
    noWrap: true,
    maxDataZoom: MAX_DATA_ZOOM,
    maxZoom: 19,
    backgroundColor: color.outside,
    paintRules: paintRules(color),
    labelRules: labelRules(color),
  });
}

function readColors() {
  const style = getComputedStyle(document.documentElement);
  const names = [
    "outside",
    "land",
    "water",
    "park",
    "rail",
    "street",
    "casing",
    "label",
    "halo",
    "border",
  ];
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]),
  );
}

function paintRules(color) {
  const { PolygonSymbolizer, LineSymbolizer } = protomapsL;
  const street = (cls, paint, widths, minzoom = 0) => ({
    dataLayer: "street",
    minzoom,
    filter: (_zoom, feature) => (feature.props.class ?? "minor") === cls,
    symbolizer: new LineSymbolizer({
      color: paint,
      width: protomapsL.exp(1.5, widths),
      lineCap: "round",
      lineJoin: "round",
    }),
  });
  return [
    { dataLayer: "land", symbolizer: new PolygonSymbolizer({ fill: color.land }) },
    { dataLayer: "park", symbolizer: new PolygonSymbolizer({ fill: color.park }) },
    { dataLayer: "water", symbolizer: new PolygonSymbolizer({ fill: color.water }) },
    {
      dataLayer: "railway",
      minzoom: 11,
      symbolizer: new LineSymbolizer({
        color: color.rail,
        width: protomapsL.exp(1.5, [
          [11, 0.6],
          [16, 2.5],
        ]),
      }),
    },
    // A casing under every street, so that white streets show on near-white land.
    street("path", color.casing, [
      [14, 0.4],
      [18, 2.5],
    ]),
    street("minor", color.casing, [
      [11, 0.6],
      [14, 2.6],
      [18, 17],
    ]),
    street("major", color.casing, [
      [9, 1],
      [14, 5.4],
      [18, 22],
    ]),
    street("minor", color.street, [
      [12, 0],
      [14, 1.4],
      [18, 14.5],
    ]),
    // From farther off a line within a line is not seen, and costs as much to draw.
    street(
      "major",
      color.street,
      [
        [9, 0.2],
        [14, 3.6],
        [18, 19],
      ],
      11,
    ),
    {
      dataLayer: "districts",
      symbolizer: new LineSymbolizer({ color: color.border, width: 1, opacity: 0.5, dash: [4, 3] }),
    },
  ];
}

/** Stations: what a person looks for first on the map of a city that has them. */
function metro(color, text) {
  const { CircleSymbolizer, GroupSymbolizer, OffsetTextSymbolizer } = protomapsL;
  return {
    dataLayer: "stop",
    minzoom: 12,
    filter: (_zoom, feature) => feature.props.mode === "metro",
    symbolizer: new GroupSymbolizer([
      new CircleSymbolizer({ radius: 5, fill: color.halo, stroke: color.label, width: 2 }),
      new OffsetTextSymbolizer({ ...text(["name"], 14, 600), offsetX: 9, offsetY: 2 }),
    ]),
  };
}

function labelRules(color) {
  const text = (props, size, weight = 500) => ({
    labelProps: props,
    fill: color.label,
    stroke: color.halo,
    width: 3,
    font: `${weight} ${size}px "Golos Text", sans-serif`,
  });
  const streetNames = (cls, minzoom) => ({
    dataLayer: "street",
    minzoom,
    filter: (_zoom, feature) => (feature.props.class ?? "minor") === cls,
    symbolizer: new protomapsL.LineLabelSymbolizer(text(["name"], 12)),
  });
  return [
    metro(color, text),
    streetNames("major", 14),
    streetNames("minor", 15),
    {
      dataLayer: "water",
      minzoom: 12,
      symbolizer: new protomapsL.CenteredTextSymbolizer(text(["name"], 12)),
    },
    {
      dataLayer: "park",
      minzoom: 14,
      symbolizer: new protomapsL.CenteredTextSymbolizer(text(["name"], 11)),
    },
  ];
}
