namespace Fanout.Conformance.Sources;

/// <summary>An item, copied so that it outlives its reader.</summary>
public sealed record ReadItem(long Index, string Value, bool IsText, string? Defect, string? DefectMessage);
