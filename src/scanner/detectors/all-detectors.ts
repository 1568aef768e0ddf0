import type { Detector } from './detector.ts';
import { documentationIp } from './documentation-ip.ts';
import { exampleIban } from './example-iban.ts';
import { exampleNationalId } from './example-national-id.ts';
import { fakerEmail } from './faker-email.ts';
import { fakerName } from './faker-name.ts';
import { fakerProduct } from './faker-product.ts';
import { favouriteAddress } from './favourite-address.ts';
import { handwrittenUuid } from './handwritten-uuid.ts';
import { impossibleGmail } from './impossible-gmail.ts';
import { latinText } from './latin-text.ts';
import { markerDomain } from './marker-domain.ts';
import { markerLocalPart } from './marker-local-part.ts';
import { markerName } from './marker-name.ts';
import { markerTitle } from './marker-title.ts';
import { placeholderAddressName } from './placeholder-address-name.ts';
import { placeholderCity } from './placeholder-city.ts';
import { placeholderCompany } from './placeholder-company.ts';
import { placeholderDomain } from './placeholder-domain.ts';
import { placeholderName } from './placeholder-name.ts';
import { placeholderPhone } from './placeholder-phone.ts';
import { placeholderStreet } from './placeholder-street.ts';
import { placeholderUrl } from './placeholder-url.ts';
import { reservedDomain } from './reserved-domain.ts';
import { testCard } from './test-card.ts';
import { testFlag } from './test-flag.ts';
import { testText } from './test-text.ts';
import { testToken } from './test-token.ts';

/** Every detector. A new one is a file beside this and a line here. */
export const allDetectors: readonly Detector[] = [
  documentationIp,
  exampleIban,
  exampleNationalId,
  fakerEmail,
  fakerName,
  fakerProduct,
  favouriteAddress,
  handwrittenUuid,
  impossibleGmail,
  latinText,
  markerDomain,
  markerLocalPart,
  markerName,
  markerTitle,
  placeholderAddressName,
  placeholderCity,
  placeholderCompany,
  placeholderDomain,
  placeholderName,
  placeholderPhone,
  placeholderStreet,
  placeholderUrl,
  reservedDomain,
  testCard,
  testFlag,
  testText,
  testToken,
];
