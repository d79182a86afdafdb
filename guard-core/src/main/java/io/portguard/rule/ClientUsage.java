package io.portguard.rule;

import io.portguard.ClientKey;

/**
 * What one client uses of a service.
 *
 * @param usage requests in progress on average over the last seconds
 * @param requests in progress now
 * @param connections open now
 */
public record ClientUsage(ClientKey client, double usage, int requests, int connections) {}
