package io.portguard.limit;

/**
 * An algorithm that finds out how many requests a service can have in progress: a function of the windows it
 * is shown, one after the other, and of nothing else. Used by one thread at a time.
 */
public interface Limit {

    /** What is allowed before anything was measured. */
    Allowance initial();

    /** What is allowed from now on, after a window in which at least one request ended. */
    Allowance update(Window window);

    /** Changes what the limit stays within and aims for; nothing that was learned is lost. */
    Allowance reconfigure(LimitParameters parameters);
}
