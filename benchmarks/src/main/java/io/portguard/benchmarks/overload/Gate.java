package io.portguard.benchmarks.overload;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.EntryType;
import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.slots.block.BlockException;
import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRuleManager;
import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A peer's limit, as a filter asks it. Thread-safe. */
interface Gate {

    /** Twice what the service can work on: what somebody who knows the service would write down. */
    int BY_HAND = 2 * Job.WORKERS;

    /** Returns what is to be run when the request has ended; null if it is refused. */
    @Nullable
    Runnable enter();

    static Gate gradient2() {
        Limiter<Void> limiter =
                SimpleLimiter.newBuilder().limit(Gradient2Limit.newDefault()).build();
        return () -> limiter.acquire(null)
                .<Runnable>map(listener -> listener::onSuccess)
                .orElse(null);
    }

    static Gate bulkhead() {
        Bulkhead bulkhead = Bulkhead.of(
                "job", BulkheadConfig.custom().maxConcurrentCalls(BY_HAND).build());
        return () -> bulkhead.tryAcquirePermission() ? bulkhead::onComplete : null;
    }

    static Gate sentinel() {
        // It writes its log below the user's home unless it is told otherwise before it is loaded.
        System.setProperty("csp.sentinel.log.dir", System.getProperty("java.io.tmpdir") + "/sentinel");
        FlowRule rule = new FlowRule("job");
        rule.setGrade(RuleConstant.FLOW_GRADE_THREAD);
        rule.setCount(BY_HAND);
        FlowRuleManager.loadRules(List.of(rule));
        return () -> {
            try {
                Entry entry = SphU.entry("job", EntryType.IN);
                return entry::exit;
            } catch (BlockException refused) {
                return null;
            }
        };
    }
}
