namespace Fanout.Runs;

/// <summary>How much of a run's time one cause had in the last seconds.</summary>
/// <param name="Cause">
/// <c>handlers</c>, <c>rate</c>, <c>limit NAME</c>, <c>key</c>, <c>retry back-off</c>, <c>back-off</c>, <c>adaptive</c>, <c>paused</c>,
/// <c>source</c> or <c>engine</c>.
/// </param>
/// <param name="Percent">Whole percent, 1 to 100; those of a run add up to 100.</param>
public sealed record WaitShare(string Cause, int Percent);
