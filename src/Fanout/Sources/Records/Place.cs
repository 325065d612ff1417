namespace Fanout.Sources;

/// <summary>A place in a text where an item may begin.</summary>
/// <param name="Offset">Bytes before it.</param>
/// <param name="Line">The physical line it is on, from 1.</param>
internal readonly record struct Place(long Offset, long Line);
