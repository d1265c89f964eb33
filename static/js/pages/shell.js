/** Pages without a map: the top bar, the buttons of a card, and what works without a connection. */

import { wireContrast, wireMenus } from "#js/ui/contrast.js";
import { wireFavourites } from "#js/ui/favourites.js";
import { wireOfflineBanner, wireWorker } from "#js/ui/offline.js";
import { wireShare } from "#js/ui/share.js";

const worker = wireWorker();

wireContrast(document.querySelector("[data-contrast]"));
wireMenus(document);
wireFavourites(document, { onKeep: worker.keep, onDrop: worker.drop });
wireShare(document);
wireOfflineBanner(document.querySelector("[data-connection]"), document.documentElement.lang);
