namespace Fanout.Simulation;

/// <summary>What workloads come to, computed without any engine.</summary>
internal static class WorkloadModel
{
    public static long Evaluate(Workload work) => work.Kind switch
    {
        WorkKind.Activity => ActivityResult(work.N),
        WorkKind.FailingActivity => 3,
        WorkKind.Timer => 5,
        WorkKind.CancelledTimer => Mix(ActivityResult(work.N), 7),
        WorkKind.Talk => Enumerable.Range(1, work.N).Aggregate(0L, (sum, i) => Mix(sum, i)),
        WorkKind.Sequence or WorkKind.Parallel => work.Children.Aggregate(0L, (sum, child) => Mix(sum, Evaluate(child))),
        WorkKind.Sub => Evaluate(work.Children[0]),
        WorkKind.FailingSub => 11,
        WorkKind.Loop => Enumerable.Range(0, work.N).Aggregate(0L, (sum, _) => Mix(sum, Evaluate(work.Children[0]))),
        _ => throw new ArgumentOutOfRangeException(nameof(work)),
    };

    public static long ActivityResult(int n) => 1_000 + n;

    /// <summary>Depends on the order: a result that is lost, doubled or swapped shows.</summary>
    public static long Mix(long sum, long value) => unchecked((sum * 31) + value);
}
