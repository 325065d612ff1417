namespace Fanout.Flow;

/// <summary>A limit: an allotment shared by the runs that name it. It has a concurrency, a rate, or both.</summary>
/// <param name="Name">1 to 100 letters, digits, '.', '_' and '-', beginning with a letter or digit.</param>
/// <param name="Concurrency">Units in flight over all runs, 1 to 100,000; null: no limit.</param>
/// <param name="Rate">Starts over all runs, retries included; null: no limit.</param>
/// <param name="Burst">Starts that may come at once, 1 to 1,000,000; meaningless without a rate.</param>
public sealed record LimitSpec(string Name, int? Concurrency, Rate? Rate, int Burst);
