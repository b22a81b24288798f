// Deliveries

// Suites
export { adapterCases, describeAdapter } from './adapter-suite/describe-adapter.ts';
export type { AdapterFixture, AdapterLimit, AdapterVariant, RunningAdapter } from './adapter-suite/fixture.ts';
export type { JsonObject } from './deep-merge.ts';
export { type GoldenVector, goldenVectors } from './golden-vectors.ts';
export { describeInbox, inboxCases } from './inbox-suite/describe-inbox.ts';
export type {
  InboxAbility,
  InboxFixture,
  InboxSettings,
  InboxStorage,
  OpenInbox,
  Repair,
} from './inbox-suite/inbox-fixture.ts';
export { documentedEvents, type SampleEventOptions, sampleEvent } from './sample-event.ts';
export { type SignDeliveryOptions, type SignedDelivery, signDelivery, type WireFormat } from './sign-delivery.ts';
export { describeIdempotencyStore, idempotencyStoreCases } from './store-suite/describe-idempotency-store.ts';
export type { CreateStore, StoreUnderTest } from './store-suite/store-fixture.ts';
export type { SuiteCase, TestRunner } from './test-runner.ts';
export { startTestServer, type TestServer } from './test-server.ts';
// A simulated Twenty
export type { DeliveryAttempt, DeliveryCause } from './twenty-simulator/delivery-attempt.ts';
export { randomChange } from './twenty-simulator/random-change.ts';
export type { SimulatedRecord } from './twenty-simulator/record-changes.ts';
export type { SimulatedWorkspace } from './twenty-simulator/simulated-workspace.ts';
export { createManualClock, type ManualClock, type SimulatorClock } from './twenty-simulator/simulator-clock.ts';
export type { SimulatorFaults, TwentySimulatorOptions } from './twenty-simulator/simulator-options.ts';
export { startTwentySimulator, type TwentySimulator } from './twenty-simulator/start-twenty-simulator.ts';
