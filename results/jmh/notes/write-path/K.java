// SPDX-License-Identifier: Apache-2.0
// Throw-away harness: ns per record of one thread in overwrite mode, batches of 50,000; prints minimum, first quartile, median.
import dev.jrelay.*;
import java.util.*;
import java.lang.foreign.*;
public class K {
    static int fill;
    static long shared(RelayBuffer b, byte[] m, int len, int n) { long s=0; for (int i=0;i<n;i++) s|=b.write(m,0,len); return s; }
    static long excl(ExclusiveWriter b, byte[] m, int len, int n) { long s=0; for (int i=0;i<n;i++) s|=b.write(m,0,len); return s; }
    static long rc(RelayBuffer b, int n) { long s=0; for (int i=0;i<n;i++) { long p=b.reserve(32); if (p>=0){ MemorySegment d=b.data(); long at=b.dataOffset(p); d.set(ValueLayout.JAVA_LONG_UNALIGNED,at,i); d.set(ValueLayout.JAVA_LONG_UNALIGNED,at+8,p);d.set(ValueLayout.JAVA_LONG_UNALIGNED,at+16,i);d.set(ValueLayout.JAVA_LONG_UNALIGNED,at+24,p); b.commit(p,32);} s|=p;} return s; }
    static long rcx(ExclusiveWriter b, int n) { long s=0; for (int i=0;i<n;i++) { long p=b.reserve(32); if (p>=0){ MemorySegment d=b.data(); long at=b.dataOffset(p); d.set(ValueLayout.JAVA_LONG_UNALIGNED,at,i); d.set(ValueLayout.JAVA_LONG_UNALIGNED,at+8,p);d.set(ValueLayout.JAVA_LONG_UNALIGNED,at+16,i);d.set(ValueLayout.JAVA_LONG_UNALIGNED,at+24,p); b.commit(p,32);} s|=p;} return s; }
    public static void main(String[] a) throws Exception {
        String mode=a[0]; int len=Integer.parseInt(a[1]); double secs=Double.parseDouble(a[2]);
        boolean ex=mode.startsWith("excl")||mode.equals("rcx");
        Channel c=Channel.open(ChannelConfig.builder("k").mode(Mode.OVERWRITE).exclusive(ex).bufferCount(1).subBufferSize(65536).subBufferCount(8).build());
        byte[] m=new byte[Math.max(len,64)]; new Random(1).nextBytes(m);
        RelayBuffer b=c.buffer(0); ExclusiveWriter w=ex?c.exclusiveWriter(0):null;
        int n=50_000; if (Boolean.getBoolean("addr")) System.out.printf("data mod 128 = %d ", b.data().address() & 127); ArrayList<Double> r=new ArrayList<>();
        long end=System.nanoTime()+(long)(secs*1e9), warm=System.nanoTime()+(long)(secs*0.4e9); long s=0;
        while(System.nanoTime()<end){ long t=System.nanoTime();
            s|= switch(mode){ case "shared"->shared(b,m,len,n); case "excl"->excl(w,m,len,n); case "rc"->rc(b,n); default->rcx(w,n);};
            long u=System.nanoTime(); if(u>warm) r.add((u-t)/(double)n); }
        Collections.sort(r); if(s<0) throw new Error();
        System.out.printf("%.2f %.2f %.2f%n", r.get(0), r.get(r.size()/4), r.get(r.size()/2));
    }
}
