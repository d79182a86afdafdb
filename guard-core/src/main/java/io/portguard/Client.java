package io.portguard;

/**
 * What a guard knows of one client. An adapter asks for it once per connection and keeps it there, so that a
 * request on a kept connection looks nothing up; it stays valid for as long as it is held.
 */
public interface Client {

    ClientKey key();
}
