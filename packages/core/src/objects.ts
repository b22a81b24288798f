/**
 * The objects of a workspace and the shape of their records. Add your own objects and fields by declaration merging:
 *
 * @example
 * declare module '@twenty-webhooks/core' {
 *   interface TwentyObjects { rocket: { name?: string; thrust?: number } }
 *   interface PersonRecord { favouriteColour?: string }
 * }
 */
export interface TwentyObjects {
  person: PersonRecord;
  company: CompanyRecord;
  opportunity: OpportunityRecord;
  note: NoteRecord;
  task: TaskRecord;
}

/**
 * Fields of nearly all records. Every field may be absent: workspaces add fields, versions drop them, permissions hide
 * them. `updatedAt` is the time of the change and the thing to order by.
 */
export interface BaseRecord {
  id?: string;
  /** ISO 8601 with milliseconds and `Z`, as all times of a record. */
  createdAt?: string;
  updatedAt?: string;
  deletedAt?: string | null;
  createdBy?: ActorField | null;
  updatedBy?: ActorField | null;
  position?: number | string | null;
  searchVector?: string | null;
}

/** Both wire formats: composites as a server sends them, and the flat fields of Twenty's guide. */
export interface PersonRecord extends BaseRecord {
  name?: FullNameField | null;
  emails?: EmailsField | null;
  phones?: PhonesField | null;
  linkedinLink?: LinksField | null;
  xLink?: LinksField | null;
  jobTitle?: string | null;
  city?: string | null;
  avatarUrl?: string | null;
  companyId?: string | null;
  /** Guide only, like the next three. */
  firstName?: string | null;
  lastName?: string | null;
  email?: string | null;
  phone?: string | null;
}

export interface CompanyRecord extends BaseRecord {
  name?: string | null;
  domainName?: LinksField | string | null;
  address?: AddressField | string | null;
  linkedinLink?: LinksField | null;
  xLink?: LinksField | null;
  employees?: number | null;
  annualRevenue?: CurrencyField | null;
  annualRecurringRevenue?: CurrencyField | null;
  idealCustomerProfile?: boolean | null;
  accountOwnerId?: string | null;
}

export interface OpportunityRecord extends BaseRecord {
  name?: string | null;
  amount?: CurrencyField | null;
  closeDate?: string | null;
  /** A select option of the workspace, such as `NEW` or `CUSTOMER`. */
  stage?: string | null;
  pointOfContactId?: string | null;
  companyId?: string | null;
  ownerId?: string | null;
}

export interface NoteRecord extends BaseRecord {
  title?: string | null;
  bodyV2?: RichTextField | null;
}

export interface TaskRecord extends BaseRecord {
  title?: string | null;
  bodyV2?: RichTextField | null;
  dueAt?: string | null;
  status?: string | null;
  assigneeId?: string | null;
}

/** Records of objects that nobody declared. */
export type CustomRecord = BaseRecord & { readonly [field: string]: unknown };

/** The name of a person, in its parts. */
export interface FullNameField {
  firstName?: string | null;
  lastName?: string | null;
}

/** Addresses of a person; Twenty calls the first one primary. */
export interface EmailsField {
  primaryEmail?: string | null;
  additionalEmails?: readonly string[] | null;
}

/** Numbers of a person, each in three parts. */
export interface PhonesField {
  /** Without the calling code. */
  primaryPhoneNumber?: string | null;
  /** ISO 3166 alpha-2, such as `GB`. */
  primaryPhoneCountryCode?: string | null;
  /** With the plus, such as `+44`. */
  primaryPhoneCallingCode?: string | null;
  additionalPhones?: readonly { number: string; countryCode: string; callingCode: string }[] | null;
}

/** A link with its label, and further ones. */
export interface LinksField {
  primaryLinkLabel?: string | null;
  primaryLinkUrl?: string | null;
  secondaryLinks?: readonly { label: string; url: string }[] | null;
}

/** An amount of money; `amountOf` reads it exactly. */
export interface CurrencyField {
  /** A millionth of the unit. Large amounts may come as a string. */
  amountMicros?: number | string | null;
  /** ISO 4217, such as `EUR`. */
  currencyCode?: string | null;
}

/** A postal address, in its parts. */
export interface AddressField {
  addressStreet1?: string | null;
  addressStreet2?: string | null;
  addressCity?: string | null;
  addressPostcode?: string | null;
  addressState?: string | null;
  addressCountry?: string | null;
  addressLat?: number | string | null;
  addressLng?: number | string | null;
}

/** A text with formatting, in two notations. */
export interface RichTextField {
  /** The editor's own blocks, as JSON text. */
  blocknote?: string | null;
  markdown?: string | null;
}

/** Who made a change: a person, an import, a key, a workflow. */
export interface ActorField {
  source?: string;
  workspaceMemberId?: string | null;
  name?: string | null;
  context?: unknown;
}
