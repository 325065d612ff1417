using System.Text.Json;

namespace Fanout.Api.Views;

/// <summary>What is to change of a run; what is left out stays as it is, and something must be there.</summary>
/// <param name="Concurrency">Items in flight, 1 to 100,000.</param>
/// <param name="Rate">Item starts in time, such as <c>20/s</c>.</param>
/// <param name="Burst">Starts that may come at once, 1 to 1,000,000.</param>
/// <param name="Tolerate">Failures tolerated: <c>100</c>, <c>5%</c>, <c>100,5%</c>, or an object.</param>
/// <param name="Weight">Share of contended limits relative to other runs, 0.001 to 1,000.</param>
/// <param name="Paused">True: nothing new starts; false: it goes on.</param>
public sealed record RunChangeBody(int? Concurrency, Rate? Rate, int? Burst, JsonElement? Tolerate, double? Weight, bool? Paused);

/// <summary>How a redrive differs from the run before; everything may be left out.</summary>
/// <param name="Id">The new run's id.</param>
/// <param name="Only">Which items: <c>failed</c>, <c>timedOut</c>, <c>cancelled</c> or <c>all</c>; left out: all that did not succeed, and those never started.</param>
/// <param name="WhereError">Only items whose error's type or message contains this.</param>
/// <param name="Handler">Merged into the earlier spec's.</param>
/// <param name="Flow">Merged into the earlier spec's.</param>
/// <param name="Failure">Merged into the earlier spec's.</param>
/// <param name="Batch">Merged into the earlier spec's.</param>
/// <param name="Results">Merged into the earlier spec's.</param>
/// <param name="OnComplete">Merged into the earlier spec's.</param>
public sealed record RedriveBody(
    string? Id, string? Only, string? WhereError, JsonElement? Handler, JsonElement? Flow, JsonElement? Failure, JsonElement? Batch, JsonElement? Results, JsonElement? OnComplete);

/// <summary>A limit; it has a concurrency, a rate, or both.</summary>
/// <param name="Concurrency">Units in flight over all runs, 1 to 100,000.</param>
/// <param name="Rate">Starts over all runs, such as <c>100/s</c>.</param>
/// <param name="Burst">Starts that may come at once, 1 to 1,000,000; default: a tenth of a second's worth of the rate.</param>
public sealed record LimitBody(int? Concurrency, Rate? Rate, int? Burst);
