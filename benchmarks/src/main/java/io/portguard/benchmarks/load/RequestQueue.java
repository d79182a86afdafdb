package io.portguard.benchmarks.load;

import java.util.Arrays;

/**
 * The requests of one client that wait for a connection, in the order in which they were due. A ring of primitive values, since an
 * overloaded run queues thousands a second. Not thread-safe.
 */
final class RequestQueue {

    private long[] dues = new long[8];
    private int[] streams = new int[8];
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(int stream, long due) {
        if (size == dues.length) {
            grow();
        }
        int tail = (head + size) & (dues.length - 1);
        dues[tail] = due;
        streams[tail] = stream;
        size++;
    }

    /** When the oldest request was due. */
    long oldestDue() {
        return dues[head];
    }

    int oldestStream() {
        return streams[head];
    }

    void removeOldest() {
        head = (head + 1) & (dues.length - 1);
        size--;
    }

    /** When the newest request was due. */
    long newestDue() {
        return dues[newest()];
    }

    int newestStream() {
        return streams[newest()];
    }

    void removeNewest() {
        size--;
    }

    private int newest() {
        return (head + size - 1) & (dues.length - 1);
    }

    private void grow() {
        int capacity = dues.length;
        long[] oldDues = dues;
        int[] oldStreams = streams;
        dues = Arrays.copyOf(oldDues, capacity * 2);
        streams = Arrays.copyOf(oldStreams, capacity * 2);
        for (int i = 0; i < capacity; i++) {
            dues[i] = oldDues[(head + i) & (capacity - 1)];
            streams[i] = oldStreams[(head + i) & (capacity - 1)];
        }
        head = 0;
    }
}
