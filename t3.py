"""One host outside by a NodePort with masquerade (externalTrafficPolicy: Cluster): is every other client behind that node kept from being assured, and cut by SYNs?"""
import threading,random,struct,sys
from lab import *
NC=2300
FLOOD=int(sys.argv[1]) if len(sys.argv)>1 else 25000
import resource; resource.setrlimit(resource.RLIMIT_NOFILE,(60000,60000))
def csum(b):
    c=sum(struct.unpack('!%dH'%(len(b)//2),b)); c=(c>>16)+(c&0xffff); return ~(c+(c>>16))&0xffff
with Lab('t3','--nodes','2','--pods','2','--ipv4') as lab:
    P=lab.addr('n1-p1')
    lab.sh('outside','ip addr add 198.51.100.3/24 dev $(ip -o -4 route show default | sed "s/.*dev \\([^ ]*\\).*/\\1/") ; ip addr add 198.51.100.4/24 dev $(ip -o -4 route show default | sed "s/.*dev \\([^ ]*\\).*/\\1/")')
    lab.sh('n2',f"nft 'table ip np {{ chain pre {{ type nat hook prerouting priority dstnat; ip daddr 192.168.1.12 tcp dport 30080 dnat to {P}:80; }}; chain post {{ type nat hook postrouting priority 99; ct status dnat masquerade; }}; }}'",check=True)
    lab.netpol('np',{'podSelector':app('n1-p1'),'policyTypes':['Ingress','Egress'],'ingress':[{'from':[{'ipBlock':{'cidr':'10.244.2.1/32'}},{'ipBlock':{'cidr':'192.168.1.12/32'}}],'ports':[{'port':80}]}],'egress':[]})
    time.sleep(2)
    l=lab.sock('n1-p1'); l.setsockopt(1,2,1); l.bind((P,80)); l.listen(4096)
    acc={}
    def serve():
        l.settimeout(None)
        while True:
            try: s,p=l.accept()
            except OSError: return
            acc[p]=s; s.settimeout(5)
    threading.Thread(target=serve,daemon=True).start()
    def echo_srv():
        import selectors
    def conn(src):
        c=lab.sock('outside'); c.settimeout(5); c.bind((src,0)); c.connect(('192.168.1.12',30080)); return c
    def say(c,txt):
        try: c.send(txt)
        except OSError as e: return str(e)
        return ''
    def works(c,tag):
        # c -> server; any accepted socket that hears tag
        try: c.send(tag)
        except OSError: return False
        t=time.time()
        while time.time()-t<4:
            for s in victims_srv:
                s.setblocking(False)
                try:
                    d=s.recv(100)
                    if tag in d:
                        s.setblocking(True); s.send(b'ok'); c.settimeout(4); return c.recv(10)==b'ok'
                except OSError: pass
            time.sleep(.02)
        return False
    def newvictims(n):
        before=set(acc); cs=[conn('198.51.100.3') for _ in range(n)]; time.sleep(.5)
        return cs,[acc[k] for k in acc if k not in before]
    v1,s1=newvictims(20); victims_srv=s1
    print('before: 20 victims work:',sum(works(c,b'a%03d;'%i) for i,c in enumerate(v1)))
    t=time.time(); att=[]
    for i in range(NC):
        try: att.append(conn('198.51.100.4'))
        except OSError as e: print('attacker',i,e); break
    print(f'attacker has {len(att)} connections after {time.time()-t:.1f}s')
    v2,s2=newvictims(20); 
    victims_srv=s2; print('20 new victims work:',sum(works(c,b'b%03d;'%i) for i,c in enumerate(v2)))
    ls=lab.ctl('n1','conntrack','list').splitlines(); st={}
    for x in ls[1:]:
        for k in ('assured evictable','evictable','assured','new','replied'):
            if k in x: st[k]=st.get(k,0)+1; break
    print('n1 states',st); print([x for x in lab.ctl('n1','status').splitlines() if 'ct' in x or 'problem' in x.lower()][:8]); print(ls[0])
    # flood of half-open from one host, straight at n2's NodePort from the attacker address (spoofed ports)
    r=lab.sock('outside',socket.SOCK_RAW,proto=255); rnd=random.Random(7); src=socket.inet_aton('198.51.100.4'); dst=socket.inet_aton('192.168.1.12'); t=time.time()
    lab.sh('outside','nft "table ip q { chain o { type filter hook output priority 0; ip saddr 198.51.100.4 tcp flags & rst == rst drop; }; }"')
    for i in range(FLOOD):
        h=struct.pack('!HHIIBBHHH',1024+i%60000,30080,rnd.getrandbits(32),0,0x50,2,1000,0,0); h=h[:16]+struct.pack('!H',csum(src+dst+struct.pack('!BBH',0,6,20)+h))+h[18:]
        ip=struct.pack('!BBHHHBBH',0x45,0,40,i&0xffff,0,64,6,0)+src+dst
        r.sendto(ip[:10]+struct.pack('!H',csum(ip))+ip[12:]+h,('192.168.1.12',0))
        if i%300==0: time.sleep(.03)
    print(f'{FLOOD} SYNs in {time.time()-t:.1f}s')
    victims_srv=s1; print('after flood: old victims (assured before) work:',sum(works(c,b'c%03d;'%i) for i,c in enumerate(v1)),'/20')
    ok=0
    victims_srv=s2
    for i,c in enumerate(v2[:10]): ok+=works(c,b'd%03d;'%i)
    print('after flood: victims that came after the attacker work:',ok,'/10')
    print([' '.join(x.split()) for x in lab.ctl('n1','stats').splitlines() if 'DROP' in x])
    print('n1 rows',len(lab.ctl('n1','conntrack','list').splitlines()))
