using System.Diagnostics;
using ActorMemory.Node.Performance;
var bytes = File.ReadAllBytes("/tmp/records.ndjson");
for (int r=0;r<4;r++){ var p = new RecordParser(); var sw=Stopwatch.StartNew(); int n=0,bad=0; var span=bytes.AsSpan();
while(!span.IsEmpty){ var i=span.IndexOf((byte)'\n'); var l=span[..i]; span=span[(i+1)..]; n++; if(p.Parse(l,out var f) is null){bad++; Console.WriteLine(f);} }
Console.WriteLine($"{n} {bad} {n/sw.Elapsed.TotalSeconds:N0}/s {bytes.Length/n} B"); }
