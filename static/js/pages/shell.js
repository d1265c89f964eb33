/** Pages without a map: only the top bar has anything to do. */

import { wireContrast, wireMenus } from "#js/ui/contrast.js";

wireContrast(document.querySelector("[data-contrast]"));
wireMenus(document);
